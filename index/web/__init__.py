"""The web, visited safely and politely: which addresses may be reached, what is taken from them, and how often."""
