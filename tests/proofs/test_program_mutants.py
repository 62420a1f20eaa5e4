"""One operator of the compiled program changed: a person shows it, or it is proved to change nothing for anyone."""

from random import Random

import pytest

from crampwise.assess.engine import engine_of
from tests.proofs.operators import Judge, mutants
from tests.support.people import shipped

SEED, EACH, SHARES = 20261121, 40, 4


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(engine_of(shipped()))


@pytest.mark.parametrize("share", range(SHARES))
def test_a_seeded_mutant_is_refuted_with_a_person_or_proved_harmless(judge: Judge, share: int) -> None:
    sample = Random(SEED).sample(list(mutants(judge.engine.program)), EACH * SHARES)[share::SHARES]
    verdicts = [judge.verdict(m) for m in sample]
    refuted = [v for v in verdicts if v.person is not None]
    assert len(refuted) >= 0.8 * EACH
    for verdict in refuted:
        assert verdict.person is not None
        assert judge.differs(verdict.mutant, verdict.person), (verdict.mutant.place, verdict.mutant.change)


def test_every_kind_of_operator_is_changed(judge: Judge) -> None:
    assert {m.change for m in mutants(judge.engine.program)} == {"& -> |", "| -> &", "~ dropped"}


def test_the_program_itself_is_proved_harmless(judge: Judge) -> None:
    mutant = next(mutants(judge.engine.program))
    same = type(mutant)(mutant.place, "nothing", judge.engine.program)
    assert judge.verdict(same).person is None
