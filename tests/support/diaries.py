"""Diaries for tests: drawn at random, or from a few words."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
from hypothesis import strategies as st

from crampwise.book.book import Book
from crampwise.followup.design import Design, arm_of, blocks_of, plan_of
from crampwise.followup.plainly import in_order
from crampwise.followup.records import Day, Diary, Episode, MedicineChange, TrialRecord, diary_day

START = date(2026, 1, 5)


def diary_of(counts, first: date = START, muscle: str = "calf", hour: int = 12) -> Diary:
    """A diary with so many cramps on each day; a nought is a day written down as free, None is silent."""
    episodes, days = [], []
    for i, n in enumerate(counts):
        day = first + timedelta(days=i)
        for k in range(n or 0):
            start = datetime(day.year, day.month, day.day, hour, k % 60, tzinfo=UTC)
            episodes.append(Episode(id=f"e{i}-{k}", start=start, muscles=(muscle,)))
        if n == 0:
            days.append(Day(day=day, cramp_free=True))
    return Diary(tuple(episodes), tuple(days))


def poisson_diary(rate_per_day: float, days: int, seed: int, first: date = START) -> Diary:
    return diary_of(np.random.default_rng(seed).poisson(rate_per_day, days).tolist(), first)


RATIOS = {"works": 0.3, "no_benefit": 1.0, "cannot_tell": 0.75}


def trial_diary(verdict: str) -> Diary:
    """A trial that ended yesterday, with cramps that lead to this verdict."""
    pairs, per_day = (12, 5) if verdict != "cannot_tell" else (3, 0.6)
    start = date.today() - timedelta(days=14 * pairs + 1)
    plan = Design("i_bedclothes", start, 1, blocks_of(start, 1, pairs, 7, 0), 5, 0.8, 0.03, 0.5, 0.75, 0.97, "0")
    rng = np.random.default_rng(3)
    arms = [arm_of(plan, start + timedelta(days=i)) for i in range(14 * pairs)]
    counts = [int(rng.poisson(per_day * (RATIOS[verdict] if b and b.arm == "with" else 1))) for b in arms]
    record = TrialRecord(id="t1", action="i_bedclothes", start=start, plan=plan_of(plan))
    return replace(diary_of(counts, start), trials=(record,))


_words = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=30).map(str.strip)
_days = st.dates(date(2020, 1, 1), date(2026, 11, 20))


def _maybe(strategy):
    return st.none() | strategy


@st.composite
def diaries(draw, book: Book) -> Diary:
    """Any diary that holds together."""
    muscles = st.lists(st.sampled_from(sorted(book.muscles)), max_size=3, unique=True).map(tuple)
    offsets = st.sampled_from([timedelta(hours=h) for h in (-8, 0, 1, 5)])
    starts = st.datetimes(datetime(2020, 1, 1), datetime(2026, 11, 20))
    moments = st.builds(lambda t, o: t.replace(tzinfo=timezone(o), microsecond=0), starts, offsets)
    ids = st.uuids(version=4).map(str)
    episodes = draw(
        st.lists(
            st.builds(
                Episode,
                id=ids,
                start=moments,
                muscles=muscles,
                side=st.sampled_from([None, "left", "right", "both"]),
                duration_s=_maybe(st.integers(0, 172_800)),
                pain=_maybe(st.integers(0, 10)),
                woke=_maybe(st.booleans()),
                activity=st.sampled_from(["", *book.followup.activities]),
                trigger=_words,
                done=_words,
                relief_s=_maybe(st.integers(0, 3600)),
                sore=_maybe(st.booleans()),
                note=_words,
            ),
            max_size=6,
            unique_by=lambda e: e.id,
        )
    )
    cramped = {diary_day(e.start, book.followup.night_ends_hour) for e in episodes}
    figure = _maybe(st.integers(0, 24) | st.floats(0, 24))
    days = [
        draw(
            st.builds(
                Day,
                day=st.just(d),
                cramp_free=st.sampled_from([None, False] if d in cramped else [None, True, False]),
                exercise_min=figure,
                fluids_l=figure,
                heat=_maybe(st.booleans()),
                alcohol_units=figure,
                sleep_h=figure,
                weakness=st.sampled_from(["", *book.followup.weakness]),
                note=_words,
            )
        )
        for d in draw(st.lists(_days, max_size=5, unique=True))
    ]
    medicines = draw(
        st.lists(
            st.builds(
                MedicineChange,
                id=ids,
                day=_days,
                name=_words.filter(bool),
                event=st.sampled_from(["started", "stopped", "changed"]),
                note=_words,
            ),
            max_size=3,
            unique_by=lambda m: m.id,
        )
    )
    actions = sorted(a.id for a in book.actions.values() if a.trial)
    trials = draw(
        st.lists(
            st.builds(
                TrialRecord,
                id=ids,
                action=st.sampled_from(actions),
                start=_days,
                plan=st.dictionaries(_words, st.integers() | st.booleans() | _words, max_size=3),
                kept=st.dictionaries(_days, st.booleans(), max_size=3),
                ended=_maybe(_days),
                reason=_words,
            ),
            max_size=2,
            unique_by=lambda t: t.id,
        )
    )
    return in_order(Diary(tuple(episodes), tuple(days), tuple(medicines), tuple(trials)))
