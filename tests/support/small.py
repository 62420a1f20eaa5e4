"""A small book with one of everything that an assessment shows, for tests of triage, plan, changes and work-up."""

from functools import cache
from typing import Any

from crampwise.book.book import Book
from tests.support import tiny

NOT_MINE: dict[str, Any] = {"answered_by": "clinician", "asked_in": "exam"}
DO = {"plain_why": "Why.", "plain_how": "How.", "low_means": "Low.", "high_means": "High."}


@cache
def small_book() -> Book:
    """Cramps at night (benign or from low salt), a dark urine emergency, a swelling that an examiner must confirm."""
    yes_no = {"cramp": 0.95, "night": 0.8, "dark": 0.01, "swollen": 0.05, "pills": 0.2, "bruises": 0.02}
    return tiny.tiny_book(
        [
            tiny.condition("benign", {"all": 0.8}, {"cramp": 0.98, "night": 0.9}, urgency="self_care"),
            tiny.condition("salt", {"all": 0.15}, {"pills": 0.9, "salty": 0.9}),
            tiny.condition("muscle", {"all": 0.05}, {"dark": 0.6}, requires_any=["dark"]),
        ],
        [
            tiny.flag(
                "f_dark", "emergency_now", {"all": ["dark", "cramp"]}, in_emergency_screen=True, never=["Never wait."]
            ),
            tiny.flag("f_swollen", "same_day", {"any": ["swollen", "exam_swollen"]}, answerable="mixed"),
            tiny.flag("f_old", "soon", "age_years >= 80 a"),
            tiny.flag("f_pills", "routine", {"all": ["pills", {"not": "night"}]}),
        ],
        model=tiny.differential([tiny.stratum("all", "age_years >= 0 a", 1.0)]),
        screen={
            "coverage": {"f_dark": ["es_dark"]},
            "screens": [
                {"id": "s1", "title": "Now", "items": [{"id": "es_dark", "ask": "Dark?", "findings": ["dark"]}]}
            ],
        },
        findings=[
            *(tiny.finding(f, p, asked_in="emergency_screen" if f == "dark" else "story") for f, p in yes_no.items()),
            tiny.finding("exam_swollen", **NOT_MINE),
            tiny.finding("calf_site"),
            tiny.finding("exam_bleeding", **NOT_MINE),
            tiny.number("age_years"),
            tiny.number("salt_level", "mmol/L", 1, 12, answered_by="lab", asked_in="labs"),
        ],
        terms=[tiny.term("salty", "salt_level < 3.5 mmol/L", 0.05)],
        muscles=[
            {"id": "calf", "title": "Calf", "site": "calf_site", "view": "back", "spot": [[8, 20, 3]], **tiny.OPINION}
        ],
        actions=[
            tiny.action("a_free"),
            tiny.action("a_guarded", not_for=["bruises", "exam_bleeding"]),
            tiny.action("a_night", fits="night", horizon="tonight"),
            tiny.action("a_calf", targets=["calf"], horizon="this_month"),
            tiny.action("a_careful", cautions=[{"when": "pills", "care": "c", "say": "Take care."}]),
        ],
        drawings=[
            {
                "id": "d_calf",
                "stretch": "s_calf",
                "pull": [{"on": "near_shin"}],
                "start": {
                    "alt": "You stand.",
                    "hip": [0, 53],
                    "back": [90],
                    "head": 90,
                    **{key: {"angles": [-90, -90]} for key in ("near_leg", "far_leg", "near_arm", "far_arm")},
                },
                "hold": {"alt": "You lean.", "back": [70]},
            }
        ],
        stretches=[
            {
                "id": "s_calf",
                "muscle": "calf",
                "name": "n",
                "title": "Calf stretch",
                "start": "Stand.",
                "steps": ["Lean."],
                "hold_s": 30,
                "repeats": 3,
                "rest_s": 10,
                "sides": "both",
                "sets": 1,
                "when": ["bedtime"],
                "feel": "A pull.",
                "stop": "Stop if it hurts.",
                "not_for": ["swollen"],
                **tiny.OPINION,
            }
        ],
        tests=[
            {
                "id": "test_salt",
                "name": "Salt",
                "when": "pills",
                "not_when": "bruises",
                "results": ["salt_level"],
                "called": {"salt": "salt_level"},
                **DO,
                **tiny.OPINION,
                "reference": [{"unit": "mmol/L", "group": "adult", "low": 3.5, "high": 5.3}],
            },
            {"id": "test_urine", "name": "Urine", "when": {"not": "cramp"}, **DO, **tiny.OPINION},
        ],
        panels=[
            {
                "id": "p_both",
                "name": "Both",
                "when": "dark",
                "tests": ["test_salt", "test_urine"],
                "why": "w",
                **tiny.OPINION,
            },
            {"id": "p_none", "name": "None", "when": "night", "tests": [], "why": "No tests needed.", **tiny.OPINION},
        ],
        examination=[
            {
                "id": "e_leg",
                "block": "b",
                "name": "Leg",
                "how": "Look",
                "positive": "Swelling",
                "means": "Clot",
                "plain_why": "Why.",
                "plain_how": "How.",
                "findings": ["exam_swollen"],
                **tiny.OPINION,
            }
        ],
    )
