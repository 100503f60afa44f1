"""Assignments, judgements, consensus, supervisions.

Promises that no two reviewers hold one assignment, that a judgement is never changed (undo writes a superseding
one), that reviewers are blind to each other, and that agreement alone settles a supervision.
"""
