"""Crampwise: what a careful, well-read doctor does about muscle cramps, with evidence for every word."""

import os

__version__ = "0.1.0"

# One person's numbers are too few to share out; threads that wait for each other made a busy machine ten times slower.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
