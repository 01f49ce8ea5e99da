"""The checks of a form, by what they look at: each one a small function that yields findings and changes nothing."""
