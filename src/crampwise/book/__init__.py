"""The clinical content, read from YAML, checked and frozen. The only reader of YAML content."""
