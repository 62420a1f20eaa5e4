"""The ranking of conditions with what speaks for and against each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from crampwise.assess.assessment import Ask, Cause, EvidenceItem, Statement
from crampwise.assess.engine import Engine, ruled_out
from crampwise.assess.known import Known
from crampwise.assess.listing import Listed, condition_at, listing, pointed_at
from crampwise.assess.triage import GIVEN, answer_words
from crampwise.book.schema.care import Condition
from crampwise.book.schema.common import Level
from crampwise.differential.features import Floats
from crampwise.differential.model import Model
from crampwise.differential.posterior import Cells, Posterior, posterior
from crampwise.differential.weights import weights
from crampwise.interpret.program import Results
from crampwise.logic.truth import Truth


@dataclass(frozen=True)
class Differential:
    """The posterior of one person with what it was computed from.

    Attributes:
        strata: shares of the strata that the person may belong to. cells: observed cell of each feature.
        ruled_out: indices of conditions that lack what they require.
    """

    model: Model
    strata: dict[str, float]
    cells: Cells
    ruled_out: tuple[int, ...]
    posterior: Posterior

    @cached_property
    def main(self) -> str:
        """The stratum that the person most likely belongs to."""
        return max(self.strata, key=lambda s: self.strata[s])

    @cached_property
    def seen(self) -> Mapping[int, None]:
        """Features whose cell is known, in order."""
        return dict.fromkeys(np.flatnonzero(self.cells >= 0).tolist())

    @cached_property
    def weights(self) -> Floats:
        """(K, H) decibans of each feature whose cell is known for each condition."""
        return weights(self.model, self.main, self.cells, self.posterior.counts[0])

    @property
    def marginal(self) -> Floats:
        """Probability of each condition, alone or with another: (H,)."""
        return np.asarray(self.posterior.marginal[0])


def differential(engine: Engine, known: Known, results: Results) -> Differential:
    """Compute the posterior of one person from a run of the rules."""
    strata = strata_of(engine, results)
    cells = np.full(len(engine.model.features), -1, dtype=np.intp)
    observe_again(engine, results, GIVEN, known.closed.values, cells)
    gone = ruled_out(engine.impossible(results.false), GIVEN)
    found = posterior(engine.model, [strata], cells[None, :], engine.possible(gone)[None, :])
    return Differential(engine.model, strata, cells, gone, found)


def observe_again(engine: Engine, results: Results, lane: int, changed: Iterable[str], cells: Cells) -> None:
    """Read again, in one lane, the cells of features on which the findings in `changed` bear."""
    for f in set().union(*(engine.features_touched[id_] for id_ in changed)):
        feature = engine.model.features[f]
        cell = feature.cell({p: results.truth(f"known/{p}", lane) for p in feature.parts})
        cells[f] = -1 if cell is None else cell


def strata_of(engine: Engine, results: Results, lane: int = GIVEN) -> dict[str, float]:
    """Strata that the person may belong to: the first certain one, or a mixture while age, sex or pregnancy is open."""
    shares: dict[str, float] = {}
    for id_, key, share in engine.strata_truth_keys:
        truth = results.truth(key, lane)
        if truth is not Truth.FALSE:
            shares[id_] = share
        if truth is Truth.TRUE:
            break
    total = sum(shares.values())
    return {id_: share / total for id_, share in shares.items()}


def likely_conditions(engine: Engine, found: Differential) -> list[tuple[str, Level]]:
    """Conditions that are likely, with their own urgency."""
    limit = engine.book.differential.wording.likely
    ids = engine.model.conditions
    return [(ids[h], engine.book.conditions[ids[h]].urgency) for h in np.flatnonzero(found.marginal >= limit)]


def ranked(engine: Engine, found: Differential, results: Results) -> tuple[Listed, ...]:
    """Give the conditions worth showing, likeliest first."""
    pointed = pointed_at(engine, results, found.ruled_out)
    return listing(engine, found.strata, found.cells, found.posterior, pointed)


def explained(engine: Engine, known: Known, found: Differential, listed: Iterable[Listed]) -> tuple[Cause, ...]:
    """Say what the listed conditions are and what speaks for and against each."""
    return tuple(_cause(engine, known, found, one) for one in listed)


def _cause(engine: Engine, known: Known, found: Differential, one: Listed) -> Cause:
    h, condition = one.index, condition_at(engine, one.index)
    items = _evidence(engine, known, found, h, condition)
    most = engine.book.differential.wording.items_at_most
    return Cause(
        id=condition.id,
        name=condition.name.plain,
        clinical=condition.name.clinical,
        kind=condition.kind,
        urgency=condition.urgency,
        probability=float(found.marginal[h]),
        low=one.low,
        high=one.high,
        rank_kept=one.rank_kept,
        wording=one.word,
        apart_from=one.apart_from,
        together=one.partner,
        what=engine.say(condition.what, condition),
        clues=engine.say(condition.clues, condition),
        next=engine.say(condition.next, condition),
        for_=tuple(i for i in items if i.decibans > 0)[:most],
        against=tuple(i for i in reversed(items) if i.decibans < 0)[:most],
        not_known=_not_known(engine, known, found, h),
        named_by=engine.named_by[condition.id],
    )


def _evidence(engine: Engine, known: Known, found: Differential, h: int, condition: Condition) -> list[EvidenceItem]:
    least = engine.book.differential.wording.show_from_decibans
    weighed = zip(found.seen, found.weights[:, h].tolist(), strict=True)
    strong = sorted([(f, weight) for f, weight in weighed if abs(weight) >= least], key=lambda one: -one[1])
    return [_item(engine, known, found, f, weight, condition) for f, weight in strong]


def _item(
    engine: Engine, known: Known, found: Differential, f: int, decibans: float, condition: Condition
) -> EvidenceItem:
    feature = engine.model.features[f]
    word = engine.weight_word(decibans)
    text = f"{feature_words(engine, known, found, f)} ({word} evidence {'for' if decibans > 0 else 'against'})"
    return EvidenceItem(
        feature.id, Statement(text, condition.id, engine.weight_cites(condition, feature.parts)), decibans, word
    )


def feature_words(engine: Engine, known: Known, found: Differential, f: int) -> str:
    """Say what was observed: a term by name, a finding by its short label and answer."""
    feature = engine.model.features[f]
    if feature.id in engine.book.terms:
        name = engine.book.terms[feature.id].name
        return name if found.cells[f] == 1 else f"{name}: no"
    finding = engine.book.catalogue[feature.id]
    return f"{engine.book.findings[feature.id].short}: {answer_words(engine, finding, known.closed.get(feature.id))}"


def _not_known(engine: Engine, known: Known, found: Differential, h: int) -> tuple[Ask, ...]:
    """Open questions whose answer would tell most about one condition."""
    most = engine.book.differential.wording.items_at_most
    asks: dict[str, Ask] = {}
    for f in engine.telling_features(found.main, h):
        if f not in found.seen:
            for id_, ask in engine.feature_asks[f]:
                if id_ in known.unknown:
                    asks[id_] = ask
                    break
            if len(asks) == most:
                break
    return tuple(asks.values())
