"""Trains the sentence scorer that ships with the extractive reader; nothing else in the project knows of it."""
