"""Purposes, consent records, and the speaker's key with the handles derived from it.

Owns what a speaker agreed to, append-only, under handles that nobody can link without the speaker's key. Promises
that the key itself is never stored: it lives for one request, its repr shows nothing, and it cannot be pickled.
"""
