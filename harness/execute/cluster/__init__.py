"""Trials on a Ray cluster: what is said between a run, the process that speaks to Ray for it, and the nodes."""
