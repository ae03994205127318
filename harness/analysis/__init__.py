"""Derives summaries, comparisons and verdicts from records, by pure functions; trains and prints nothing."""
