"""Truth, findings, rules and answers. Standard library only; knows nothing of the book."""
