"""The investigator's pages: asking for traces of leaked files, approving them, and what was found."""
