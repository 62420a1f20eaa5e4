"""The shapes of the content: one frozen dataclass for each kind of entry."""
