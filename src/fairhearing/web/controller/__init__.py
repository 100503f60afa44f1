"""The controller's page: programmes, counts, pauses."""
