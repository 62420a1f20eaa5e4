"""The ranking of conditions with what speaks for and against each."""

from dataclasses import dataclass

import numpy as np

from crampwise.assess.assessment import Ask, Cause, Cite, EvidenceItem, Statement
from crampwise.assess.engine import Engine
from crampwise.assess.known import Known
from crampwise.assess.listing import Listed, condition_at, listing, pointed_at
from crampwise.assess.triage import GIVEN, answer_words
from crampwise.book.checks.evidence import OPINION
from crampwise.book.schema.care import Condition
from crampwise.book.schema.common import Level
from crampwise.differential.features import Floats
from crampwise.differential.posterior import Cells, Posterior, observe, posterior
from crampwise.differential.weights import weights
from crampwise.interpret.program import Results
from crampwise.logic.truth import Truth


@dataclass(frozen=True)
class Differential:
    """The posterior of one person with what it was computed from.

    Attributes:
        strata: shares of the strata that the person may belong to. cells: observed cell of each feature.
        weights: (F, H) decibans of each feature for each condition.
    """

    strata: dict[str, float]
    cells: Cells
    posterior: Posterior
    weights: Floats

    @property
    def marginal(self) -> Floats:
        """Probability of each condition, alone or with another: (H,)."""
        return np.asarray(self.posterior.marginal[0])


def differential(engine: Engine, results: Results) -> Differential:
    """Compute the posterior of one person from a run of the rules."""
    strata = strata_of(engine, results)
    truths = {p: results.truth(f"known/{p}") for f in engine.model.features for p in f.parts}
    cells = observe(engine.model, truths)
    possible = engine.possible_conditions(results.false)
    found = posterior(engine.model, [strata], cells[None, :], possible[None, :])
    main = max(strata, key=lambda s: strata[s])
    return Differential(strata, cells, found, weights(engine.model, main, cells))


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


def ranked(engine: Engine, known: Known, found: Differential, results: Results) -> tuple[Cause, ...]:
    """Give the conditions worth showing, likeliest first, with what speaks for and against each."""
    listed = listing(engine, found.strata, found.cells, found.posterior, pointed_at(engine, results))
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
        named_by=tuple(
            Statement(
                f"{engine.book.words.phrases[f'named_{n.weight}']} ({engine.book.sources[n.source].title})",
                condition.id,
                tuple(Cite("claim", c) for c in n.claims),
            )
            for n in condition.named_by
        ),
    )


def _evidence(engine: Engine, known: Known, found: Differential, h: int, condition: Condition) -> list[EvidenceItem]:
    column = found.weights[:, h]
    least = engine.book.differential.wording.show_from_decibans
    strong = np.flatnonzero(np.abs(column) >= least)
    order = strong[np.argsort(-column[strong], kind="stable")].tolist()
    return [_item(engine, known, found, f, float(column[f]), condition) for f in order]


def _item(
    engine: Engine, known: Known, found: Differential, f: int, decibans: float, condition: Condition
) -> EvidenceItem:
    feature = engine.model.features[f]
    word = engine.weight_word(decibans)
    text = f"{feature_words(engine, known, found, f)} ({word} evidence {'for' if decibans > 0 else 'against'})"
    return EvidenceItem(
        feature.id, Statement(text, condition.id, _weight_cites(engine, condition, feature.parts)), decibans, word
    )


def feature_words(engine: Engine, known: Known, found: Differential, f: int) -> str:
    """Say what was observed: a term by name, a finding by its short label and answer."""
    feature = engine.model.features[f]
    if feature.id in engine.book.terms:
        name = engine.book.terms[feature.id].name
        return name if found.cells[f] == 1 else f"{name}: no"
    finding = engine.book.catalogue[feature.id]
    return f"{engine.book.findings[feature.id].short}: {answer_words(engine, finding, known.closed.get(feature.id))}"


def _weight_cites(engine: Engine, condition: Condition, parts: tuple[str, ...]) -> tuple[Cite, ...]:
    """What the likelihoods behind a weight rest on; where the condition gives none, the model's own judgement."""
    found: dict[Cite, None] = {}
    for x in condition.likelihoods:
        if x.finding in parts:
            found |= dict.fromkeys(Cite("claim", c) for c in x.claims)
            found |= dict.fromkeys(Cite("source", s) for s in x.sources)
            if x.basis in (*OPINION, "seed"):
                found[engine.opinion("expert_estimate")] = None
    return tuple(found) or (Cite("judgement", engine.book.differential.judgement),)


def _not_known(engine: Engine, known: Known, found: Differential, h: int) -> tuple[Ask, ...]:
    """Open questions whose answer would tell most about one condition."""
    most = engine.book.differential.wording.items_at_most
    main = max(found.strata, key=lambda s: found.strata[s])
    asks: dict[Ask, None] = {}
    for f in engine.telling_features(main, h):
        if found.cells[f] < 0:
            asks |= dict.fromkeys(_asks_of(engine, known, engine.model.features[f].parts)[:1])
        if len(asks) == most:
            break
    return tuple(asks)


def _asks_of(engine: Engine, known: Known, parts: tuple[str, ...]) -> list[Ask]:
    reads = dict.fromkeys(f for p in parts for f in engine.reads[f"known/{p}"])
    return [engine.asks[f] for f in reads if known.closed.get(f) is None]
