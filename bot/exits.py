"""How the process of a command ends."""

ANSWERED, FAILED, MISUSED, NOT_FOUND, INTERRUPTED = 0, 1, 2, 3, 130
