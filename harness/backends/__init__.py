"""A folder or module for each framework that networks can be trained with; `worker.backend` says what it offers."""
