"""The tables that people read, each built once for every format; derives no number."""
