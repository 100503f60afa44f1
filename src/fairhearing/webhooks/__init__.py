"""Telling a product what happened to its recordings (Standard Webhooks).

Owns the addresses that products named and what waits to be told there. Promises that nothing goes out unless an address
was added; that what waits is sealed under the key file; and that an event is told at least once within three days, or
its address is switched off and shown so. The platform knows no user: an event names recordings, which the product
keeps beside its own.
"""
