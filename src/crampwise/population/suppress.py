"""Small numbers are not shown, nor any number from which a small one could be worked out."""

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]


def with_totals(table: Counts) -> Counts:
    """Add the sum of each row as a last column, and of each column as a last row."""
    wide = np.hstack([table, table.sum(axis=1, keepdims=True)])
    return np.asarray(np.vstack([wide, wide.sum(axis=0, keepdims=True)]))


def suppressed(table: Counts, least: int) -> Mask:
    """Say which cells of a table with its totals (see `with_totals`) must not be shown.

    A cell from 1 to `least` - 1 is small. Where only one cell of a row or column is hidden it could be worked out from
    the rest, so the smallest other one is hidden too; of equals the first. Zeros are shown, as nobody is in them,
    unless nothing else is left to hide.
    """
    hidden = (table > 0) & (table < least)
    changed = True
    while changed:
        changed = False
        for lines, hide in ((table, hidden), (table.T, hidden.T)):
            for line, mask in zip(lines, hide, strict=True):
                if mask.sum() == 1:
                    open_cells = np.flatnonzero(~mask)
                    taken = min(open_cells, key=lambda i: (line[i] == 0, line[i]))
                    mask[taken] = True
                    changed = True
    return hidden


def wilson(found: int, of: int, z: float = 1.959963984540054) -> tuple[float, float]:
    """Give the 95 % interval of a share (Wilson 1927); nothing known is 0 to 1."""
    if not of:
        return 0.0, 1.0
    p = found / of
    middle, spread = p + z * z / (2 * of), z * float(np.sqrt(p * (1 - p) / of + z * z / (4 * of * of)))
    return max(0.0, (middle - spread) / (1 + z * z / of)), min(1.0, (middle + spread) / (1 + z * z / of))
