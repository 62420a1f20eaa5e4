// The small layer on top: everything works without it.
