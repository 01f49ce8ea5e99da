"""How long a year's figures take."""
