"""Measurements: ``python -m bench NAME``. Nothing here is a test; what is measured is judged in docs/measurements.md."""
