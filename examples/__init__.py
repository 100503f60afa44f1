"""Small products that use Fairhearing as their makers would: by its commands, its client and its elements alone."""
