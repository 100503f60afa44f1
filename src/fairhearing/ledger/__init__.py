"""Every disclosure and decision, appended to the transparency log.

Owns the log's entries, the private records that entries commit to, and the signed checkpoint. Promises that an entry
is on the disk before anything is done because of it, that nothing already in the log can be changed unseen, and
that the personal part of an entry can be forgotten while the log still verifies.
"""
