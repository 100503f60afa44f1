"""What runs on the product's side: small, and without anything of the server."""
