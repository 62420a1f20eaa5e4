"""Record facts: what the records show inside a window, for many people at once."""

from typing import TYPE_CHECKING

import numpy as np

from crampwise.book.schema.measures import RecordFact
from crampwise.interpret.columns import Bits, pack
from crampwise.population.facts import Facts, months_before
from crampwise.population.newest import Observed
from crampwise.population.rows import EPOCH, SEEN, contacts_in
from crampwise.population.screen import Screen

if TYPE_CHECKING:
    import pyarrow as pa


def record_facts(screen: Screen, facts: Facts, observed: Observed, present: frozenset[str]) -> "dict[str, pa.Array]":
    """Give a column for each record fact: true, false, or null where the record could not show it.

    False needs that the source holds such entries for somebody (`present`), and that this person's record has some
    entry inside the window.
    """
    import pyarrow as pa

    people, found = len(facts.names), {}
    for fact in screen.engine.book.record_facts.values():
        since = months_before(facts.bodies.as_of, fact.months).toordinal() - EPOCH
        there, active = np.zeros(people, np.bool_), np.zeros(people, np.bool_)
        there[_with(screen, fact, facts, observed, since)] = True
        seen = (facts.kind == SEEN) & (facts.day >= since) & (facts.day <= facts.today)
        active[facts.who[seen]] = True
        shown = fact.id in present or bool(present & set(fact.results))
        valid = there | (active if shown else np.zeros(people, np.bool_))
        buffers = [pa.py_buffer(pack(bits)) for bits in (valid, there)]
        found[fact.id] = pa.Array.from_buffers(pa.bool_(), people, buffers)
    return found


def _with(screen: Screen, fact: RecordFact, facts: Facts, observed: Observed, since: int) -> "Bits | np.ndarray":
    """Number the people whose record shows the fact."""
    import json

    if fact.kind == "result":
        wanted = np.array([slot in fact.results for slot in observed.slots], np.bool_)
        hit = wanted[observed.slot] & (observed.day >= since) if len(observed.slot) else np.zeros(0, np.bool_)
        return observed.who[hit]
    about = np.array(
        [
            kind == "Encounter" and code is not None and fact.id in contacts_in(screen, json.loads(code))
            for kind, code, _ in facts.contents
        ],
        np.bool_,
    )
    hit = about[facts.content] & (facts.day >= since) & (facts.day <= facts.today)
    return facts.who[hit]
