"""House rules and whole journeys."""
