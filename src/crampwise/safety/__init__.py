"""Safety properties of a book, shown for every person that can exist. Needs the extra `proofs` (z3-solver)."""
