"""The engines: a module each, whose name is the engine's and whose ``engine`` makes it from the options."""
