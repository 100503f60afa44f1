"""What both examples share: a small web server, what a product keeps of its users, and a Fairhearing beside it."""
