"""Kettle, a voice assistant: an example of a product that uses Fairhearing."""
