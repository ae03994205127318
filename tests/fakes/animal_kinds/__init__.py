"""A family of kinds, one to a module."""
