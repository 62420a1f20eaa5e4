"""How long a call takes."""

import statistics
import time
from collections.abc import Callable


def median_ms(work: Callable[[], object], rounds: int = 15) -> float:
    """Median wall time of one call in milliseconds, after one call to warm up."""
    work()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)
