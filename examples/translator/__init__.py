"""Ferry, a call translator for two: an example of a product that uses Fairhearing."""
