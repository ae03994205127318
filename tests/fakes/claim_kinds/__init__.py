"""Kinds of claims that tests put beside the harness's own."""
