"""How many interpreters a language needs at which hour: waiting-line theory, patience, and the table of a week. Pure."""
