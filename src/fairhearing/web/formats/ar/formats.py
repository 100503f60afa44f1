"""Decimals as the pages' scripts write them beside these digits: with a point."""

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
