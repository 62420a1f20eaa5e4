"""Pictures of stretches: from a pose in the book to an accessible SVG."""
