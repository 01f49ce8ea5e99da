"""The half-year and year report (S50): figures, sentences made of them, remarks; once signed it stays as it was."""
