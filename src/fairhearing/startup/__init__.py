"""What every process of ours begins with: the home, the database running, Django set up, tables up to date."""
