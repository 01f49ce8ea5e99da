"""How long it takes to decide whom to ring."""
