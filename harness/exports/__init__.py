"""What other tools read of the results, a module for each kind of export; each takes findings and writes one target."""
