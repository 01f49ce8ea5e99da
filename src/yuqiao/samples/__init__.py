"""Two cities' self-evaluations as their sources print them, built anew from rows."""
