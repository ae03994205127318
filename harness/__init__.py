"""A declarative benchmark harness for neural-network architectures."""
