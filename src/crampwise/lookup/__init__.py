"""Looking things up in the book: names, search, links between entries, evidence. Shared by the edges."""
