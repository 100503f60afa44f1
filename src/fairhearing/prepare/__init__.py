"""From a recording to clips: gate.process → deidentify → vault, capture, review.

Promises that a recording is prepared once, whatever is killed on the way, and that what could not be
de-identified is set aside with its reason and heard by nobody.
"""
