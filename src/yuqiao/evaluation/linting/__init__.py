"""Checks of plans before they stand: what a reviewer would ask, said while it can still be mended (S8). Pure."""
