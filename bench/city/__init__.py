"""A year of a city's calls through the production's rules."""
