"""Human review of voice data that the speakers would agree to."""

__version__ = "0.1.0"
