"""Releases: what left, in which format, with checksums; and what was withheld.

Promises that every row is allowed by its speaker at the moment it leaves, through ``gate.export``, and that a row that
was erased afterwards can be named to whoever holds the release.
"""
