from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import exp, log, sqrt

import numpy as np
import pytest

from crampwise.followup.charts import diary_charts
from crampwise.followup.patterns import alarms, run_chart
from crampwise.followup.prefill import suggest
from crampwise.followup.rates import around, rate, trend
from crampwise.followup.records import Day, Diary, Episode, MedicineChange, diary_day
from crampwise.followup.summary import summarise
from crampwise.followup.timeline import timeline
from crampwise.followup.triggers import holm, rate_ratio, triggers
from tests.support.diaries import START, diary_of, poisson_diary
from tests.support.people import shipped

BOOK = shipped()
F = BOOK.followup
HOUR = F.night_ends_hour


def line_of(diary: Diary, days: int):
    return timeline(diary, START + timedelta(days=days), HOUR)


def test_a_night_belongs_to_the_day_before() -> None:
    assert diary_day(datetime(2026, 1, 6, 3, 10, tzinfo=UTC), 8) == date(2026, 1, 5)
    assert diary_day(datetime(2026, 1, 6, 8, 0, tzinfo=UTC), 8) == date(2026, 1, 6)


def test_a_free_day_counts_and_a_silent_one_does_not() -> None:
    line = line_of(diary_of([2, 0, None, 0, 1, None, 0, 3]), 8)
    assert line.counts.tolist() == [2, 0, 0, 0, 1, 0, 0, 3]
    assert line.written.tolist() == [True, True, False, True, True, False, True, True]
    weeks = line.weeks
    assert weeks.counts.tolist() == [2, 4] and weeks.days.tolist() == [1, 5]
    assert weeks.ends == (START, START + timedelta(days=7))


def test_the_rate_of_a_plain_diary_is_its_mean() -> None:
    found = rate(line_of(diary_of([1, 0, 0, 1, 0, 0, 1] * 12), 84), F)
    assert found.status == "told" and found.per_week is not None
    assert found.per_week.value == pytest.approx(3.0, rel=0.05)
    assert found.per_week.low < 3 < found.per_week.high


def test_silence_makes_no_rate() -> None:
    assert rate(line_of(diary_of([1, None, None] * 20), 60), F).status == "only_cramp_days"
    assert rate(line_of(diary_of([1, 0] * 5), 10), F).status == "too_early"
    assert rate(line_of(Diary(), 0), F).status == "too_early"


def test_a_clear_rise_and_a_clear_fall_are_told() -> None:
    rising = [int(x) for x in np.random.default_rng(3).poisson(np.linspace(0.2, 2.5, 182))]
    assert trend(line_of(diary_of(rising), 182), F).status == "up"
    assert trend(line_of(diary_of(rising[::-1]), 182), F).status == "down"
    assert trend(line_of(poisson_diary(1, 182, 5), 182), F).status == "unclear"
    assert trend(line_of(poisson_diary(1, 30, 5), 30), F).status == "too_early"


def test_a_change_around_a_medicine() -> None:
    counts = np.random.default_rng(2).poisson([0.3] * 56 + [2.0] * 56).tolist()
    start = MedicineChange(id="m", day=START + timedelta(days=56), name="x", event="started")
    found = around(line_of(diary_of(counts), 112), start, F)
    assert found.status == "more" and found.before_days == found.after_days == 56
    same = around(line_of(poisson_diary(1, 112, 4), 112), start, F)
    assert same.status == "unclear"
    assert around(line_of(diary_of(counts[:60]), 60), start, F).status == "too_early"


def test_the_mantel_haenszel_ratio_by_hand() -> None:
    # Two weeks: 2 days with, 5 without. Week 1: 4 and 5 cramps; week 2: 2 and 3.
    days_with, days_without = np.array([2.0, 2.0]), np.array([5.0, 5.0])
    ratio, _ = rate_ratio(days_with, np.array([4.0, 2.0]), days_without, np.array([5.0, 3.0]))
    above, below = 4 * 5 / 7 + 2 * 5 / 7, 5 * 2 / 7 + 3 * 2 / 7
    assert ratio.value == pytest.approx(above / below)
    parts = [4 * 5 / 7 - above / below * 5 * 2 / 7, 2 * 5 / 7 - above / below * 3 * 2 / 7]
    error = sqrt(2 * sum(p**2 for p in parts)) / above
    assert log(ratio.high) - log(ratio.value) == pytest.approx(12.7062 * error, rel=1e-3)


def test_holm_by_hand() -> None:
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([]) == []


def trigger_diary(ratio: float, seed: int, days: int = 182) -> Diary:
    rng = np.random.default_rng(seed)
    drinks = rng.random(days) < 0.4
    diary = diary_of(rng.poisson(np.where(drinks, ratio, 1.0) * 0.6).tolist())
    free = {d.day for d in diary.days}
    context = tuple(
        Day(day=d, cramp_free=d in free or None, alcohol_units=2.0 if drinks[i] else 0.0)
        for i in range(days)
        for d in [START + timedelta(days=i)]
    )
    return replace(diary, days=context)


def test_a_strong_trigger_stands_out_and_a_weak_diary_says_too_early() -> None:
    diary = trigger_diary(4, 1)
    found = {t.trigger.id: t for t in triggers(diary, line_of(diary, 182), F)}
    assert found["drink"].status == "more"
    assert found["drink"].ratio is not None and 2.5 < found["drink"].ratio.value < 6
    assert found["heat"].status == "too_early" and found["heat"].ratio is None
    short = trigger_diary(4, 1, 14)
    assert {t.status for t in triggers(short, line_of(short, 14), F)} == {"too_early"}


def test_the_run_chart_by_hand() -> None:
    chart = run_chart(line_of(diary_of([1] * 7 + [0] * 7 + [2] * 7 + [2] * 7 + [0] * 7), 35))
    assert chart is not None
    assert [p.cramps for p in chart.points] == [7, 0, 14, 14, 0]
    assert chart.median == 7 and chart.longest_run == 2


# --- patterns that open the check again


def test_a_new_place_opens_the_check_again() -> None:
    old = diary_of([1] * 70)
    today = START + timedelta(days=100)
    new = diary_of([1, 1], first=today - timedelta(days=5), muscle="hand")
    both = replace(old, episodes=old.episodes + tuple(replace(e, id="n" + e.id) for e in new.episodes))
    found = {a.pattern.id: a for a in alarms(BOOK, both, today)}
    assert found["new_muscle"].where == ("Hand or arm",)
    assert alarms(BOOK, old, today) == ()


def test_spreading_and_weakness() -> None:
    today = START + timedelta(days=10)
    legs, arms = diary_of([1, 1]), diary_of([0, 0, 1, 1], muscle="hand")
    both = Diary(legs.episodes + tuple(replace(e, id="a" + e.id) for e in arms.episodes))
    assert [a.pattern.id for a in alarms(BOOK, both, today)] == ["spreading"]
    weak = tuple(Day(day=START + timedelta(days=i), weakness="a_bit") for i in range(3))
    assert [a.pattern.id for a in alarms(BOOK, Diary(days=weak), today)] == ["weakness"]
    assert alarms(BOOK, Diary(days=weak[:2]), today) == ()


def test_silence_on_one_side_is_no_change() -> None:
    # A steady diary of which one half holds only the days with a cramp.
    told = np.random.default_rng(4).poisson(0.4, 182).tolist()
    quiet = [n or None for n in told]
    change = MedicineChange(id="m", day=START + timedelta(days=126), name="x", event="started")
    line = line_of(diary_of([*told[:126], *quiet[126:]]), 182)
    assert around(line, change, F).status == "too_early"
    assert trend(line_of(diary_of([*told[:91], *quiet[91:]]), 182), F).status == "too_early"


def test_fewer_words_about_a_worse_weakness_are_an_alarm() -> None:
    before = [Day(day=START + timedelta(days=i), weakness="a_bit") for i in range(10)]
    worst = list(F.weakness)[-1]
    lately = [Day(day=START + timedelta(days=40 + i), weakness=worst) for i in range(4)]
    found = alarms(BOOK, Diary(days=(*before, *lately)), START + timedelta(days=44))
    assert [a.pattern.id for a in found] == ["weakness"]


def test_silence_about_weakness_is_no_alarm_and_no_reassurance() -> None:
    assert alarms(BOOK, poisson_diary(1, 50, 1), START + timedelta(days=50)) == ()


# --- the whole


def test_the_summary_of_an_empty_diary() -> None:
    found = summarise(BOOK, Diary(), START)
    assert found.first is None and found.rate.status == "too_early" and found.run_chart is None
    assert diary_charts(found) == ()


def test_the_summary_and_its_pictures_agree() -> None:
    diary = trigger_diary(3, 2)
    found = summarise(BOOK, diary, START + timedelta(days=182))
    charts = {c.name: c for c in diary_charts(found)}
    assert set(charts) == {"weeks", "hours", "calendar", "triggers"}
    assert sum(int(r[1]) for r in charts["hours"].rows) == sum(found.hours) == len(diary.episodes)
    assert sum(int(r[2]) for r in charts["weeks"].rows) == len(diary.episodes)


def test_only_cramps_up_to_today_count() -> None:
    diary = diary_of([1] * 40)
    found = summarise(BOOK, diary, START + timedelta(days=20))
    assert found.rate.cramps == 21 and found.last == START + timedelta(days=20)


def test_the_diary_never_answers_with_no() -> None:
    today = START + timedelta(days=60)
    found = {s.finding: s.value for s in suggest(BOOK, diary_of([1, 0] * 30, hour=23), today)}
    assert found["site_calf"] is True and found["occurs_at_night"] is True
    assert found["episode_frequency"] == "over_3_a_week"
    assert False not in found.values()
    assert all(f in BOOK.catalogue for f in found)
    assert suggest(BOOK, diary_of([1, 1]), today) == ()


def test_durations_fall_into_the_right_band() -> None:
    def lasting(seconds: int):
        start = datetime(2026, 1, 5, 12, tzinfo=UTC)
        return Diary(tuple(Episode(id=str(i), start=start, duration_s=seconds) for i in range(5)))

    for seconds, option in (
        (9, "under_10_seconds"),
        (10, "ten_seconds_to_ten_minutes"),
        (3600, "over_1_hour_or_constant"),
    ):
        found = {s.finding: s.value for s in suggest(BOOK, lasting(seconds), START)}
        assert found["episode_duration"] == option


def test_interval_is_on_the_ratio_scale() -> None:
    found = trend(line_of(poisson_diary(1, 182, 5), 182), F)
    assert found.ratio is not None
    assert found.ratio.low < found.ratio.value < found.ratio.high
    assert found.ratio.low > exp(-3)
