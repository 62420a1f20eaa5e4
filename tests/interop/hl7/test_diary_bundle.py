"""A diary exported as a Bundle passes HL7's validator, every kind of entry in it; a defect planted in it does not."""

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from crampwise.edges.store.as_fhir import to_fhir
from crampwise.followup.records import Day, Diary, Episode, MedicineChange, MedicineEvent
from tests.support.diaries import trial_diary
from tests.support.interop import Validator

Bundle = dict[str, Any]
PERSON = "7ffa8099-14a4-4209-bed9-2dfcdb7610b1"
NIGHT = Episode(
    id="e1", start=datetime(2026, 11, 20, 3, 10, tzinfo=UTC), muscles=("calf", "foot_arch"), side="left", duration_s=90,
    pain=7, woke=True, activity="asleep", trigger="long walk", done="stretched it", relief_s=40, sore=False,
    note='"so" <oft> & ärgerlich',
)  # fmt: skip
DAY = Day(
    day=date(2020, 1, 18), cramp_free=True, exercise_min=30, fluids_l=1.5, heat=False, alcohol_units=2, sleep_h=7.5,
    standing_h=3, sitting_h=8, weakness="a_bit", note="fine",
)  # fmt: skip
EVENTS: tuple[MedicineEvent, ...] = ("started", "changed", "stopped")
CHANGES = tuple(
    MedicineChange(id=f"m{i}", day=date(2026, 11, i), name="indapamide", event=event, note="2.5 mg")
    for i, event in enumerate(EVENTS, 1)
)
WHOLE = replace(trial_diary("cannot_tell"), medicines=CHANGES)
WHOLE = replace(WHOLE, episodes=(*WHOLE.episodes, NIGHT), days=(*WHOLE.days, DAY))
BARE = Diary((Episode(id="e2", start=datetime(2026, 11, 19, 23, tzinfo=UTC)),), (Day(day=date(2026, 11, 17)),))


def of_kind(bundle: Bundle, kind: str) -> dict[str, Any]:
    found = next(e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind)
    assert isinstance(found, dict)
    return found


DEFECTS: dict[str, Callable[[Bundle], object]] = {
    "an unknown type of bundle": lambda b: b.update(type="diary"),
    "an entry twice": lambda b: b["entry"].append(copy.deepcopy(b["entry"][1])),
    "an observation without a code": lambda b: of_kind(b, "Observation").pop("code"),
    "a time that is none": lambda b: of_kind(b, "Observation").update(effectiveDateTime="3:10"),
    "an unknown status of an observation": lambda b: of_kind(b, "Observation").update(status="done"),
    "an unknown status of a medicine": lambda b: of_kind(b, "MedicationStatement").update(status="begun"),
    "an unknown element": lambda b: of_kind(b, "Patient").update(colour="red"),
}


@pytest.mark.parametrize("diary", [WHOLE, BARE, Diary()], ids=["everything", "the least", "nothing"])
def test_a_diary_is_valid(hl7: Validator, diary: Diary) -> None:
    assert hl7.errors(to_fhir(diary, PERSON)) == []


def test_planted_defects_are_seen(hl7: Validator) -> None:
    for defect, change in DEFECTS.items():
        broken = to_fhir(WHOLE, PERSON)
        change(broken)
        assert hl7.errors(broken), defect
