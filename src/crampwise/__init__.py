"""Crampwise: an evidence-showing assessment of muscle cramps."""

__version__ = "0.1.0"
