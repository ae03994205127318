"""A trial's own process without a framework: messages, order of the examples, clocks, conditions; trains nothing."""
