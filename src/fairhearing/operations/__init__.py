"""What reaches across domains: erase, withdraw, retention, keys carried forward.

Promises that an erasure or a withdrawal is one transaction over every domain, and that its answer comes after the
last play in flight.
"""
