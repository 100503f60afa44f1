"""The command line: each command reads its options, calls one domain function, prints the answer."""
