"""Numbers and dates where the pages write them otherwise than Django does."""
