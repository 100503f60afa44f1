"""The auditor's page: the log with its records."""
