"""Whether this machine can run the benchmark, and whether it is quiet enough to time on; changes nothing."""
