"""Statistics of small samples as pure functions of numbers; knows neither records nor architectures."""
