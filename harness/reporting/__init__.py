"""Turns analysis into what people read, by pure functions; derives no number and prints nothing."""
