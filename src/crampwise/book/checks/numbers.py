"""Probabilities are probabilities, shares sum to one, estimates fit together."""

from collections.abc import Iterator
from typing import get_args

from crampwise.book.book import Book
from crampwise.book.schema.common import Basis
from crampwise.book.schema.findings import FindingEntry, Leak, TermEntry
from crampwise.book.schema.model import Spread
from crampwise.logic.errors import Problem

_SUM_TOLERANCE = 1e-5
_FEWEST_DRAWS = 20


def check_numbers(book: Book) -> list[Problem]:
    """Check priors, leaks and likelihoods."""
    return [*_priors(book), *_leaks(book), *_likelihoods(book), *_model(book)]


def _priors(book: Book) -> Iterator[Problem]:
    strata = [s.id for s in book.differential.strata]
    totals = dict.fromkeys(strata, 0.0)
    for condition in book.conditions.values():
        if condition.prior is None:
            continue
        where = f"conditions/{condition.id}"
        if set(condition.prior) != set(strata):
            yield Problem(where, f"the prior must give a share for each of {', '.join(strata)}.")
        for stratum, share in condition.prior.items():
            if not 0 <= share <= 1:
                yield Problem(where, f"the share for {stratum} is {share}, not between 0 and 1.")
            totals[stratum] = totals.get(stratum, 0.0) + share
    for stratum, total in totals.items():
        if abs(total - 1) > _SUM_TOLERANCE:
            yield Problem("conditions", f"the priors for {stratum} sum to {total:.6f}.", "They must sum to 1.")


def _leaks(book: Book) -> Iterator[Problem]:
    used = {x.finding for c in book.conditions.values() for x in c.likelihoods}
    entries: dict[str, FindingEntry | TermEntry] = {f"findings/{i}": f for i, f in book.findings.items()}
    entries |= {f"terms/{i}": t for i, t in book.terms.items()}
    for where, entry in entries.items():
        options = tuple(o.id for o in entry.options) if isinstance(entry, FindingEntry) else ()
        if entry.leak is None:
            if entry.id in used:
                yield Problem(
                    where, "conditions use it, but it has no leak.", "Give how often it is present in ordinary cramps."
                )
            continue
        yield from _leak(where, entry.leak, options)
    for id_, finding in book.findings.items():
        for target in finding.implies:
            mine, other = finding.leak, book.findings[target].leak
            if mine and other and mine.p is not None and other.p is not None and mine.p > other.p:
                yield Problem(f"findings/{id_}", f"is likelier ({mine.p}) than {target} ({other.p}), which it implies.")


def _leak(where: str, leak: Leak, options: tuple[str, ...]) -> Iterator[Problem]:
    if options:
        for name, shares in {"all": leak.options or {}, **(leak.options_by_stratum or {})}.items():
            if set(shares) != set(options) or abs(sum(shares.values()) - 1) > _SUM_TOLERANCE:
                yield Problem(where, f"the leak for {name} must give every option and sum to 1.")
        return
    for name, p in {"all": leak.p, **(leak.by_stratum or {})}.items():
        if p is None or not 0 <= p <= 1:
            yield Problem(where, f"the leak for {name} is {p}, not a probability.")


def _likelihoods(book: Book) -> Iterator[Problem]:
    for condition in book.conditions.values():
        where = f"conditions/{condition.id}"
        seen = [x.finding for x in condition.likelihoods]
        for finding in sorted({f for f in seen if seen.count(f) > 1}):
            yield Problem(where, f"the likelihood of {finding} is given twice.")
        for x in condition.likelihoods:
            if not 0 <= x.p <= 1:
                yield Problem(where, f"P({x.finding}) is {x.p}, not a probability.")


def _model(book: Book) -> Iterator[Problem]:
    model = book.differential
    if not 0 < model.clamp < 0.5:
        yield Problem("differential.yaml", "clamp must lie between 0 and 0.5.")
    if abs(sum(s.share for s in model.strata) - 1) > _SUM_TOLERANCE:
        yield Problem("differential.yaml", "the shares of the strata must sum to 1.")
    for group in model.groups:
        if not 0 <= group.correlation <= 1:
            yield Problem(f"differential.yaml/{group.id}", "correlation must lie between 0 and 1.")
    ranked = {c.id for c in book.conditions.values() if c.prior is not None}
    for pair in model.pairs:
        if len(pair.conditions) != 2 or not ranked.issuperset(pair.conditions):
            yield Problem("differential.yaml", f"pair {pair.conditions} must name two ranked conditions.")
        if pair.factor < 0:
            yield Problem("differential.yaml", f"pair {pair.conditions} has a negative factor.")
    yield from _spread(model.spread)


def _spread(spread: Spread) -> Iterator[Problem]:
    where = "differential.yaml/spread"
    if spread.draws < _FEWEST_DRAWS:
        yield Problem(where, f"give at least {_FEWEST_DRAWS} draws.")
    if min(spread.prior_common, spread.prior_rare, *spread.odds.values()) < 1:
        yield Problem(where, "no factor may be below 1.")
    if spread.leading < 1:
        yield Problem(where, "leading must be at least 1.")
    missing = [basis for basis in get_args(Basis) if basis not in spread.odds]
    if missing:
        yield Problem(where, f"odds has no factor for {', '.join(missing)}.")
