"""Repeatable measurements; each writes its result to bench/results as JSON with machine and date."""
