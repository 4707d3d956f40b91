"""Commands that have a module of their own; the others are in `bot.cli`."""
