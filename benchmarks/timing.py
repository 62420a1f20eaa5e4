"""How long a call takes."""

import statistics
import time
from collections.abc import Callable


def median_ms(work: Callable[[], object], rounds: int = 15, clock: Callable[[], float] = time.perf_counter) -> float:
    """Median wall time of one call in milliseconds, after one call to warm up; or what another clock says."""
    work()
    times = []
    for _ in range(rounds):
        start = clock()
        work()
        times.append(1000 * (clock() - start))
    return statistics.median(times)
