"""Decides what would run, what is shared and what is recorded already; never acts."""
