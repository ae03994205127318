"""What is to be trained, and training it: what `plan`, `run` and `verify` share; reads no command line."""
