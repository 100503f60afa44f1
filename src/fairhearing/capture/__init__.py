"""Recordings, channels, hypotheses, clips and their lineage; intake.

Promises that a recording carries nothing that links it to another of the same speaker (handles, keyed digests, hours
and not seconds), that a text is sealed under its channel's key before it meets the database, and that a refused
recording leaves nothing behind.
"""
