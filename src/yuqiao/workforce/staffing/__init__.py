"""How many interpreters a language needs at which hour: waiting lines, patience, and the table of a week. Pure."""
