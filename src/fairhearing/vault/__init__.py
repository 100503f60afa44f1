"""Encrypted bytes under random names; sealed texts; the keys of both.

Owns data keys (one a channel, one for each kept original), objects and how they are encrypted. Promises that plain
sound is read with a permit of the gate's and in no other way (``vault.reader`` is imported by ``gate`` alone), and
that shredding a key leaves nothing that opens: not the row, and after the erasure window no backup of it.
"""
