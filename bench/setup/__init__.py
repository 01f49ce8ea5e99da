"""Call set-up under load: from a caller's INVITE to the interpreter's INVITE."""
