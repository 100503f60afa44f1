"""People who sign in, what their role allows, and the products' API keys.

Promises that a password, an invitation and an API key are kept as digests only, and that guessing is slowed.
"""
