"""What a clinician would examine and test, why, and what each result would change."""

from collections.abc import Iterable

import numpy as np

from crampwise.assess.assessment import ExamProposal, Outcome, Reason, Statement, TestProposal
from crampwise.assess.causes import Differential
from crampwise.assess.engine import Engine
from crampwise.assess.known import Known
from crampwise.assess.triage import GIVEN, reasons_of
from crampwise.book.schema.workup import Panel, Test
from crampwise.differential.posterior import posterior
from crampwise.interpret.program import Results

_MOST_OUTCOMES = 3


def wanted(engine: Engine, known: Known, results: Results) -> tuple[tuple[Test, Test | Panel], ...]:
    """Give each test whose own rule, or that of a panel naming it, is true, with what asks for it.

    A test whose result is known already is left out.
    """
    book = engine.book
    asking: dict[str, Test | Panel] = {
        t: p for p in book.panels.values() if results.true[f"panel/{p.id}"] >> GIVEN & 1 for t in p.tests
    }
    asking |= {t.id: t for t in book.tests.values() if results.true[f"test/{t.id}"] >> GIVEN & 1}
    return tuple(
        (test, asking[test.id])
        for test in book.tests.values()
        if test.id in asking and not _known_already(known, test) and not _excluded(test, results)
    )


def tests(engine: Engine, known: Known, results: Results) -> tuple[TestProposal, ...]:
    """Propose the wanted tests, and say why."""
    proposed = wanted(engine, known, results)
    asking = {(type(by), by.id): by for _, by in proposed}
    why = {key: reasons_of(engine, by.when, known) for key, by in asking.items()}
    return tuple(_proposal(engine, test, why[type(by), by.id]) for test, by in proposed)


def no_tests(engine: Engine, proposed: Iterable[TestProposal], results: Results) -> Statement | None:
    """Say that no tests are usually needed, when the book's panel for that is true and nothing is proposed."""
    if any(proposed):
        return None
    empty = [p for p in engine.book.panels.values() if not p.tests and results.true[f"panel/{p.id}"] >> GIVEN & 1]
    return engine.say(empty[0].why, empty[0]) if empty else None


def _known_already(known: Known, test: Test) -> bool:
    return bool(test.results) and all(known.given.get(f) is not None for f in test.results[:1])


def _excluded(test: Test, results: Results) -> bool:
    """A test is held back while the rule against it is true or open."""
    return test.not_when is not None and not results.false[f"not_test/{test.id}"] >> GIVEN & 1


def _proposal(engine: Engine, test: Test, because: tuple[Reason, ...]) -> TestProposal:
    why, how, low_means, high_means, timing = engine.test_words[test.id]
    return TestProposal(test.id, test.name, why, how, low_means, high_means, because, timing)


def outcomes(engine: Engine, found: Differential, test_ids: tuple[str, ...]) -> tuple[Outcome, ...]:
    """Work out what each band of each proposed test's result would do to the conditions that list it."""
    model = engine.model
    tried = [
        (test, f, k)
        for test in test_ids
        for f in engine.features_of_test.get(test, ())
        if found.cells[f] < 0
        for k in range(len(model.features[f].cells))
    ]
    if not tried:
        return ()
    rows = np.tile(found.cells, (len(tried), 1))
    rows[np.arange(len(tried)), [f for _, f, _ in tried]] = [k for _, _, k in tried]
    possible = np.tile(found.marginal > 0, (len(tried), 1))
    after = posterior(model, [found.strata] * len(tried), rows, possible).marginal
    least = engine.book.differential.wording.list_from
    told: list[Outcome] = []
    for (test, f, k), marginal in zip(tried, after, strict=True):
        name = _cell_name(engine, f, model.features[f].cells[k])
        listed = [h for h in model.likelihoods[f] if max(marginal[h], found.marginal[h]) >= least]
        moved = [(abs(np.log(marginal[h] / found.marginal[h])), h) for h in listed if found.marginal[h] > 0]
        for _, h in sorted(moved, key=lambda m: -m[0])[:_MOST_OUTCOMES]:
            told.append(Outcome(test, name, model.conditions[h], float(found.marginal[h]), float(marginal[h])))
    return tuple(told)


def _cell_name(engine: Engine, f: int, cell: tuple[bool, ...]) -> str:
    parts = engine.model.features[f].parts
    true = [p for p, inside in zip(parts, cell, strict=True) if inside]
    names = [
        engine.book.terms[p].name if p in engine.book.terms else engine.book.findings[p].short for p in true or parts
    ]
    return names[-1] if true else f"not: {', '.join(names)}"


def examination(engine: Engine, known: Known, fired_reads: frozenset[str]) -> tuple[ExamProposal, ...]:
    """Propose the examination steps that would settle open findings which still matter.

    Args:
        engine: the book made ready. known: what is known.
        fired_reads: findings that open or fired flags and the listed causes read.
    """
    proposals = []
    for step in engine.book.examination.values():
        wanted = tuple(f for f in step.findings if f in fired_reads and known.closed.get(f) is None)
        if wanted:
            clinical = f"{step.how}. Positive: {step.positive}. Means: {step.means}."
            proposals.append(
                ExamProposal(
                    step.id,
                    step.name,
                    engine.say(step.plain_why, step),
                    engine.say(step.plain_how, step),
                    engine.say(clinical, step),
                    wanted,
                )
            )
    return tuple(proposals)
