"""The page for a doctor: one neutral content, shown as HTML, plain text or PDF."""
