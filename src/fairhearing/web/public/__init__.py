"""Pages that need no role: start, sign-in, invitation, the log."""
