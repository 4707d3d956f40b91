"""Articles in, ranked passages out; a library that knows nothing of bots."""
