from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from crampwise.assess.engine import engine_of
from crampwise.followup.analysis import analyse, stop_early, units_of
from crampwise.followup.charts import trial_charts
from crampwise.followup.design import Design, arm_of, block_days, blocks_of, design_from, plan_of
from crampwise.followup.eligible import allowed, candidates
from crampwise.followup.power import Person, length_of, propose, simulate
from crampwise.followup.records import TrialRecord
from crampwise.followup.reminders import calendar, escaped, folded
from crampwise.followup.report import report
from crampwise.followup.timeline import Timeline
from crampwise.logic.errors import InputError
from tests.support.diaries import START, diary_of
from tests.support.people import intake, shipped

BOOK = shipped()
F = BOOK.followup
BED = BOOK.actions["i_bedclothes"]
NIGHT = "{person: {age: 50, sex: female}, answers: {site_calf: yes, occurs_at_night: yes}}"


def design(pairs: int = 8, days: int = 7, washout: int = 0) -> Design:
    return Design(
        "i_bedclothes", START, 1, blocks_of(START, 1, pairs, days, washout), 5, 0.8, 0.03, 0.5, 0.75, 0.97, "0"
    )


def record(plan: Design, **more) -> TrialRecord:
    return TrialRecord(id="t", action=plan.action, start=plan.start, plan=plan_of(plan), **more)


def diary_with(plan: Design, ratio: float, per_week: float = 14, seed: int = 1, silent: float = 0.0):
    """Counts drawn day by day straight from a Poisson law."""
    rng = np.random.default_rng(seed)
    days = (plan.last - plan.start).days + 1
    arms = [arm_of(plan, plan.start + timedelta(days=i)) for i in range(days)]
    counts = [int(rng.poisson(per_week / 7 * (ratio if b and b.arm == "with" else 1))) for b in arms]
    return diary_of([None if rng.random() < silent else n for n in counts])


# --- silence


@pytest.mark.parametrize("silent", ["with", "without"])
def test_an_arm_of_which_only_cramps_are_written_down_gives_no_verdict(silent: str) -> None:
    plan = design(pairs=6)
    for seed in range(6):
        whole = diary_with(plan, 1.0, 3, seed)
        arms = {d.day: arm_of(plan, d.day) for d in whole.days}
        kept = tuple(d for d in whole.days if not d.cramp_free or getattr(arms[d.day], "arm", "") != silent)
        result = analyse(F, plan, record(plan), replace(whole, days=kept), plan.last + timedelta(days=1))
        assert result.reading is not None and result.reading.verdict == "cannot_tell"
        assert "not_written" in result.caveats


# --- who may try what


def test_no_trial_is_of_anything_prescribed_or_of_potassium() -> None:
    for action in BOOK.actions.values():
        if action.trial:
            assert action.who == "self" and action.category in ("prevention", "relief"), action.id
            assert "potassium" not in action.say.lower()


def test_what_is_withheld_cannot_be_tried_and_what_is_open_is_asked() -> None:
    engine = engine_of(BOOK)
    everyone = {c.action.id: c for c in candidates(engine, intake(BOOK, NIGHT))}
    assert everyone["i_night_splint"].status == "ask_first" and everyone["i_night_splint"].asks
    assert everyone["i_bedclothes"].status == "allowed"
    hurt = NIGHT.replace("occurs_at_night: yes", "occurs_at_night: yes, known_peripheral_artery_disease: yes")
    assert {c.action.id: c.status for c in candidates(engine, intake(BOOK, hurt))}["i_night_splint"] == "refused"
    with pytest.raises(InputError, match="Withheld|withheld|artery|arteries"):
        allowed(engine, intake(BOOK, hurt), "i_night_splint")
    with pytest.raises(InputError, match="questions have to be answered first"):
        allowed(engine, intake(BOOK, NIGHT), "i_night_splint")
    with pytest.raises(InputError, match="there is no trial of this"):
        allowed(engine, intake(BOOK, NIGHT), "i_quinine")
    assert allowed(engine, intake(BOOK, NIGHT), "i_bedclothes").action is BED


def test_a_red_flag_comes_before_any_trial() -> None:
    with pytest.raises(InputError, match="A trial can wait"):
        candidates(engine_of(BOOK), intake(BOOK, "answers: {seizure_now_or_today: yes, occurs_at_night: yes}"))


def test_what_does_not_fit_is_not_offered() -> None:
    with pytest.raises(InputError, match="nothing in your answers"):
        allowed(engine_of(BOOK), intake(BOOK, "answers: {occurs_at_night: no, occurs_at_rest: no}"), "i_bedclothes")


# --- the plan


@pytest.mark.parametrize(
    ("id_", "days", "washout"), [("i_bedclothes", 7, 0), ("i_night_splint", 14, 3), ("i_calf_stretch_alone", 21, 14)]
)
def test_blocks_hold_the_washout_and_a_week_to_count(id_: str, days: int, washout: int) -> None:
    assert block_days(BOOK.actions[id_], F.trial) == (days, washout)


def test_each_pair_has_both_arms_and_the_seed_fixes_the_order() -> None:
    for seed in range(30):
        blocks = blocks_of(START, seed, 6, 7, 0)
        assert all({a.arm, b.arm} == {"with", "without"} for a, b in zip(blocks[::2], blocks[1::2], strict=True))
        assert blocks == blocks_of(START, seed, 6, 7, 0)
        assert [b.first for b in blocks[1:]] == [b.last + timedelta(days=1) for b in blocks[:-1]]
    firsts = [blocks_of(START, seed, 1, 7, 0)[0].arm for seed in range(400)]
    assert 150 < firsts.count("with") < 250


def test_a_plan_comes_back_as_it_was_and_a_broken_one_is_refused() -> None:
    plan = design()
    assert design_from("i_bedclothes", START, plan_of(plan)) == plan
    for broken in (
        {},
        {**plan_of(plan), "design": 2},
        {**plan_of(plan), "arms": ["with"]},
        {**plan_of(plan), "block_days": 0},
    ):
        with pytest.raises(InputError, match="cannot be read"):
            design_from("i_bedclothes", START, broken)


def test_a_longer_trial_of_more_cramps_has_more_power() -> None:
    fast = replace(F, trial=replace(F.trial, simulations=120))
    few, many = length_of(fast, BED, 4, 5, 1), length_of(fast, BED, 20, 5, 1)
    assert few.weeks == 8 and many.weeks == 40
    assert many.power > few.power + 0.2
    assert max(few.false_alarm, many.false_alarm) < 0.09


def test_a_plan_says_when_no_length_would_tell() -> None:
    fast = replace(BOOK, followup=replace(F, trial=replace(F.trial, simulations=40, longest_weeks=6)))
    with pytest.raises(InputError, match="even 6 weeks would show"):
        propose(fast, BED, 1, START, 1)
    with pytest.raises(InputError, match="0 cramps a week"):
        propose(fast, BED, 0, START, 1)
    assert len(propose(fast, BED, 1, START, 1, pairs=2).blocks) == 4


def test_simulated_people_have_the_rate_and_the_ratio_that_was_asked_for() -> None:
    rng = np.random.default_rng(5)
    blocks = blocks_of(START, 3, 200, 7, 0)
    line = simulate(Person(6, 0.5, 5, 0.3, 1.5), blocks, rng)
    units = units_of(blocks, line)
    with_it, without = (7 * units.counts[units.active == a].mean() / 7 for a in (1, 0))
    assert without == pytest.approx(6, rel=0.12) and with_it == pytest.approx(3, rel=0.12)


# --- what it shows


def test_washout_days_and_silent_days_are_left_out() -> None:
    blocks = blocks_of(START, 1, 1, 14, 7)
    counts = np.arange(28)
    written = np.ones(28, dtype=bool)
    written[[8, 22]] = False
    units = units_of(blocks, Timeline(START, counts, written))
    assert units.counts.tolist() == [sum(range(7, 14)) - 8, sum(range(21, 28)) - 22]
    assert units.days.tolist() == [6, 6]


@pytest.mark.parametrize(("ratio", "verdict"), [(0.3, "works"), (2.5, "worse"), (1.0, "no_benefit")])
def test_clear_trials_are_read_rightly(ratio: float, verdict: str) -> None:
    plan = design(12)
    result = analyse(F, plan, record(plan), diary_with(plan, ratio, 30), plan.last + timedelta(days=1))
    assert result.over and result.reading is not None and result.reading.verdict == verdict
    assert result.reading.ratio.low < ratio < result.reading.ratio.high
    assert {c.name for c in trial_charts(BOOK, result)} == {"blocks", "ratio"}


def test_a_small_trial_cannot_tell() -> None:
    plan = design(2)
    result = analyse(F, plan, record(plan), diary_with(plan, 0.6, 3), plan.last + timedelta(days=1))
    assert result.reading is not None and result.reading.verdict == "cannot_tell"


def test_a_trial_that_was_not_kept_or_not_written_down_tells_nothing() -> None:
    plan = design(12)
    kept = {plan.start + timedelta(days=i): i % 2 == 0 for i in range(168)}
    end = plan.last + timedelta(days=1)
    result = analyse(F, plan, record(plan, kept=kept), diary_with(plan, 0.3, 30), end)
    assert result.kept == 0.5 and result.caveats == ("not_kept",)
    assert result.reading is not None and result.reading.verdict == "cannot_tell"
    silent = analyse(F, plan, record(plan), diary_with(plan, 0.3, 30, silent=0.5), end)
    assert silent.caveats == ("not_written",) and silent.reading is not None
    assert silent.reading.verdict == "cannot_tell"


def test_a_harmful_trial_is_stopped_and_a_fair_one_is_not() -> None:
    plan = design(12)
    half = plan.start + timedelta(days=70)
    assert stop_early(F, analyse(F, plan, record(plan), diary_with(plan, 3, 30), half))
    assert not stop_early(F, analyse(F, plan, record(plan), diary_with(plan, 1, 30), half))
    assert not stop_early(F, analyse(F, plan, record(plan), diary_with(plan, 3, 30), plan.start + timedelta(days=15)))


def test_nothing_written_is_nothing_read() -> None:
    plan = design(2)
    result = analyse(F, plan, record(plan), diary_of([]), plan.last + timedelta(days=1))
    assert result.reading is None and result.caveats == ("not_written",)
    assert "Nothing to read" in {i.number: i.text for i in report(BOOK, record(plan), result)}["17"]


def test_the_report_has_the_items_of_cent() -> None:
    plan = design(12)
    result = analyse(F, plan, record(plan), diary_with(plan, 0.3, 30), plan.last + timedelta(days=1))
    items = {i.number: i.text for i in report(BOOK, record(plan), result)}
    wanted = {"1a", "1b", "2", "2b", "3a", "3b", "4", "5", "6a", "6b", "7a", "7b", "8", "9", "10", "11", "12a", "13a"}
    wanted |= {"14", *map(str, range(15, 18)), *map(str, range(19, 26))}
    assert set(items) == wanted and all(items.values())
    assert F.phrases["works"] in items["1b"] and "seed 1" in items["8"]


# --- reminders


def test_the_calendar_follows_rfc_5545() -> None:
    plan = design(2)
    text = calendar(plan, BED, F, "trial-1", date(2026, 1, 1))
    lines = text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-2:] == ["END:VCALENDAR", ""]
    assert "\n" not in text.replace("\r\n", "")
    assert max(len(line.encode()) for line in lines) <= 75
    unfolded = text.replace("\r\n ", "")
    assert unfolded.count("BEGIN:VEVENT") == 4 == unfolded.count("TRIGGER:PT18H")
    assert "DTSTART;VALUE=DATE:20260105\r\nDTEND;VALUE=DATE:20260112" in unfolded
    uids = [line for line in lines if line.startswith("UID:")]
    assert len(set(uids)) == 4


def test_text_is_escaped_and_folded() -> None:
    assert escaped("a,b;c\\d\ne") == "a\\,b\\;c\\\\d\\ne"
    long = "DESCRIPTION:" + "ä" * 100
    assert all(len(part.encode()) <= 75 for part in folded(long).split("\r\n"))
    assert folded(long).replace("\r\n ", "") == long
