"""Measurements: ``python -m bench NAME``. No tests: what is measured is judged in docs/measurements.md."""
