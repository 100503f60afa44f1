"""The auditor's pages: search the log's records, one entry's whole story, exports. No sound, no text, no names."""
