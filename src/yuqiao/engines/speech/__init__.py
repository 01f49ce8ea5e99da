"""Which language somebody speaks, as a machine hears it: `base` is the seam, `http` reaches an engine of one's own."""
