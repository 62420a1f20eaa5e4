"""Follow-up hangs together: its numbers make sense, its answers exist, and no trial is of something prescribed."""

from collections.abc import Iterator

from crampwise.book.book import Book
from crampwise.logic.errors import Problem
from crampwise.logic.findings import Choice

_OPINION = ("expert_estimate", "standard_practice")


def check_followup(book: Book) -> list[Problem]:
    """Check what diary and trials go by."""
    return [*_numbers(book), *_answers(book), *_trials(book)]


def _numbers(book: Book) -> Iterator[Problem]:
    where, f = "followup.yaml", book.followup
    shares = {
        "trigger_error": f.trigger_error, "rate_share": f.enough.rate_share, "sure": f.trial.sure,
        "unlikely": f.trial.unlikely, "power": f.trial.power, "adherence": f.trial.adherence,
        "missing": f.trial.missing, "worthwhile_ratio": f.trial.worthwhile_ratio, "plan_ratio": f.trial.plan_ratio,
    }  # fmt: skip
    for name, share in shares.items():
        if not 0 < share < 1:
            yield Problem(where, f"{name} must lie between 0 and 1.")
    for name, grid in (("dispersion", f.model.dispersion), ("memory_weeks", f.model.memory_weeks)):
        if not grid or min(grid) <= 0:
            yield Problem(where, f"{name} needs numbers above 0.")
    if not (0 <= f.night_ends_hour < 24 and len(f.night_hours) == 2 and all(0 <= h < 24 for h in f.night_hours)):
        yield Problem(where, "hours go from 0 to 23.")
    if list(f.trial.pairs) != sorted(set(f.trial.pairs)) or min(f.trial.pairs, default=0) < 2:
        yield Problem(where, "pairs must rise, and start at 2 or more.")
    if f.judgement not in book.judgements:
        yield Problem(where, f"there is no judgement called {f.judgement!r}.")


def _answers(book: Book) -> Iterator[Problem]:
    where, prefill = "followup.yaml", book.followup.prefill
    banded = ((prefill.frequency, prefill.per_month), (prefill.duration, prefill.seconds)) if prefill else ()
    for finding, bands in banded:
        entry = book.catalogue[finding]
        for band in bands:
            if not isinstance(entry, Choice) or band.option not in entry.options:
                yield Problem(where, f"{finding} has no option {band.option!r}.")
        limits = [band.below for band in bands]
        if None in limits[:-1] or limits[-1:] != [None] or limits[:-1] != sorted(x for x in limits if x is not None):
            yield Problem(where, f"the bands of {finding} must rise, and only the last has no limit.")
    covered = {site for sites in book.followup.regions.values() for site in sites}
    needed = any(p.kind == "spreading" for p in book.followup.patterns)
    for muscle in book.muscles.values() if needed else ():
        if muscle.site not in covered:
            yield Problem(where, f"no region holds {muscle.site}, where the muscle {muscle.id} is.")


def _trials(book: Book) -> Iterator[Problem]:
    covered = {basis for j in book.judgements.values() for basis in j.covers}
    for action in book.actions.values():
        if action.trial is None:
            continue
        where = f"actions/{action.id}"
        own = action.who == "self" and action.category not in ("medicine", "supplement", "treatment")
        if not own or action.verdict not in ("offer", "may_try"):
            yield Problem(where, "a trial is only for what people may do on their own.", "Remove its trial.")
        if action.trial.onset_days < 0 or action.trial.carry_over_days < 0:
            yield Problem(where, "days cannot be below 0.")
        if action.trial.basis in _OPINION and action.trial.basis not in covered:
            yield Problem(where, f"no judgement covers {action.trial.basis}.")
        if action.trial.basis not in _OPINION and not action.trial.sources:
            yield Problem(where, f"its trial says {action.trial.basis} but names no source.")
