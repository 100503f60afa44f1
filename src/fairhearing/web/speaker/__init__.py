"""The speaker's pages, entered by a one-time link from the product."""
