"""Scores of an evaluation as data, as text, and as a picture."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from crampwise.assess.evaluation import Evaluation
from crampwise.assess.scores import Calibration, Changed, calibration, cause_confusion, urgency_confusion
from crampwise.book.schema.common import LEVELS
from crampwise.edges.cli.out import Out
from crampwise.logic.errors import MissingFileError, Problem

_BAR = 20


def scores_data(result: Evaluation) -> dict[str, Any]:
    """Give calibration and confusion tables as plain data."""
    found = calibration(result.results)
    return {
        "calibration": {
            "cases": found.cases,
            "listed": found.listed,
            "brier": round(found.brier, 4),
            "error": round(found.error, 4),
            "bins": [
                {
                    "low": b.low,
                    "high": b.high,
                    "count": b.count,
                    "mean": round(b.mean, 4),
                    "accepted": round(b.accepted, 4),
                }
                for b in found.bins
            ],
        },
        "confusion": {
            "urgency": [
                {"expected": expected, "got": got, "cases": n}
                for (expected, got), n in sorted(urgency_confusion(result.results).items())
            ],
            "causes": [
                {"expected": expected, "got": got, "cases": n}
                for (expected, got), n in sorted(cause_confusion(result.results).items())
            ],
        },
    }


def against_data(changes: Sequence[Changed]) -> list[dict[str, str]]:
    """Give what another book changes as plain data."""
    return [{"id": c.id, "what": c.what, "before": c.before, "after": c.after} for c in changes]


def show_scores(out: Out, result: Evaluation) -> None:
    """Write calibration and confusion tables."""
    found = calibration(result.results)
    out.heading("Probabilities")
    out.text(
        f"{found.listed} listed causes of {found.cases} cases: Brier score {found.brier:.3f}, "
        f"expected calibration error {found.error:.3f}"
    )
    for b in found.bins:
        bar = "" if out.plain else "  " + "#" * round(_BAR * b.accepted)
        said = f"said {b.mean:.2f}, accepted {b.accepted:.2f}{bar}"
        out.columns((f"{b.low:.1f} to {b.high:.1f}", f"{b.count} listed", said), (10, 10))
    out.heading("Urgency: expected, then what it came to")
    counts = urgency_confusion(result.results)
    for expected in reversed(LEVELS):
        row = [f"{got} {n}" for got in reversed(LEVELS) if (n := counts.get((expected, got), 0))]
        if row:
            out.columns((expected, ", ".join(row)), (14,))
    wrong = sorted((-n, e, g) for (e, g), n in cause_confusion(result.results).items() if e != g)
    if wrong:
        out.heading("Causes taken for others: expected, then what came first")
        for n, best, first in wrong:
            out.columns((best, f"{first}{f' ({-n} cases)' if n < -1 else ''}"), (30,))


def show_against(out: Out, name: str, changes: Sequence[Changed]) -> None:
    """Write what differs from another book."""
    ids = {c.id for c in changes}
    out.heading(f"Against {name}: {len(ids)} case{'s' if len(ids) != 1 else ''} changed")
    for change in changes:
        lists = change.what in ("tests", "offered")
        said = f"less {change.before}; more {change.after}" if lists else f"{change.before} to {change.after}"
        out.columns((change.id, change.what, said), (6, 11))


def plot(found: Calibration, path: Path) -> None:
    """Draw the calibration plot as a PNG file.

    Raises:
        MissingFileError: matplotlib is not installed, or the file cannot be written.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        remedy = "Install it with: pip install 'crampwise[plots]'."
        raise MissingFileError([Problem("--plot", "matplotlib is not installed.", remedy)]) from None
    figure = Figure(figsize=(5, 5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot(xlabel="probability said", ylabel="share accepted", xlim=(0, 1), ylim=(0, 1))
    axes.plot([0, 1], [0, 1], linestyle=":", color="grey")
    axes.plot([b.mean for b in found.bins], [b.accepted for b in found.bins], marker="o")
    for b in found.bins:
        axes.annotate(str(b.count), (b.mean, b.accepted), textcoords="offset points", xytext=(5, -10), fontsize=8)
    axes.set_title(f"{found.listed} listed causes, {found.cases} cases, Brier {found.brier:.3f}", fontsize=10)
    try:
        figure.savefig(path, format="png", dpi=150)
    except OSError as error:
        reason = error.strerror or "it cannot be written"
        raise MissingFileError([Problem(str(path), f"cannot be written: {reason}.", "Choose another place.")]) from None
