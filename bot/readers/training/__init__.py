"""Trains the reading model that ships with the extractive reader; nothing else in the project knows of it."""
