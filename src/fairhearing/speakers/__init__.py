"""The speaker's rights: see, hear, who heard, withdraw, erase.

Everything here starts from the speaker's key, which lives for one request or in the speaker's own encrypted cookie.
"""
