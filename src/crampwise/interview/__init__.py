"""The interview: which screen comes next, and when enough is known. A function of the answers alone."""
