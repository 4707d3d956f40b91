"""Sources that are followed: which there are, when each is due, and what is new in it."""
