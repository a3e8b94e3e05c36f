"""Events: the log of them, and recent ones of one person."""
