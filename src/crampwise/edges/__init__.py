"""Where Crampwise meets the world. No edge imports another."""
