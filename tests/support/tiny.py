"""Tiny books, built through the real loader from plain Python data (JSON is YAML)."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from crampwise.book.book import Book
from crampwise.book.compile import shipped_folder
from crampwise.book.load import ContentFile, load_book
from crampwise.book.tree import plain, read_yaml
from crampwise.logic.errors import Problem

OPINION = {"basis": "expert_estimate"}


SPREAD: dict[str, Any] = {
    "judgement": "j_words",
    "draws": 200,
    "seed": 1,
    "common_from": 0.02,
    "prior_common": 2,
    "prior_rare": 5,
    "odds": dict.fromkeys(("published", "trial", "sourced", "seed", "standard_practice", "expert_estimate"), 2.5),
    "leading": 16,
    "pair_from": 0.002,
}


def own_words() -> dict[str, Any]:
    """The shipped fixed sentences, without their sources, so that whatever the code says is there to be said."""
    problems: list[Problem] = []
    tree = read_yaml((shipped_folder() / "words.yaml").read_text(encoding="utf-8"), "words.yaml", problems)
    assert tree is not None and not problems
    without: dict[str, Any] = {key: [] for key in plain(tree) if key.endswith("_sources")}
    return {**plain(tree), **without, "judgement": "j_words"}


def own_followup() -> dict[str, Any]:
    """The shipped numbers and sentences of follow-up, without what names findings and sources."""
    problems: list[Problem] = []
    tree = read_yaml((shipped_folder() / "followup.yaml").read_text(encoding="utf-8"), "followup.yaml", problems)
    assert tree is not None and not problems
    named = ("sources", "regions", "patterns", "prefill")
    return {**{k: v for k, v in plain(tree).items() if k not in named}, "judgement": "j_words"}


WORDS = own_words()
FOLLOWUP = own_followup()

NO_SCREEN: dict[str, Any] = {"screens": [], "coverage": {}}
INTERVIEW: dict[str, Any] = {
    "steps": [],
    "families": [{"title": "Any of these?", "groups": ["g"]}],
    "most": 8,
    "weights": {"emergency_now": 27, "same_day": 9, "soon": 3, "routine": 1},
    "seconds": {"screen": 4, "yes_no": 2, "more": 0.5, "choice": 5, "number": 6},
    "bits_per_second": 0.05,
    "urgency_bits": 1,
    "unknown_yes": 0.05,
    "why": "w",
    **OPINION,
}
INFO = {
    "title": "Tiny",
    "version": "0",
    "date": "2026-01-01",
    "scope": "tests",
    "not_for": ["people"],
    "adult_from_years": 18,
}


def finding(id_: str, leak: float | None = None, **more: Any) -> dict[str, Any]:
    """A yes/no finding that a patient answers, unless `more` says otherwise."""
    entry: dict[str, Any] = {
        "id": id_,
        "kind": "yes_no",
        "group": "g",
        "ask": f"{id_}?",
        "short": id_.title(),
        "clinical": id_,
        "answered_by": "patient",
        "asked_in": "story",
        "tier": "core",
        **OPINION,
        **more,
    }
    if leak is not None:
        entry["leak"] = {"p": leak, **OPINION}
    return entry


def number(id_: str, unit: str = "a", low: float = 0, high: float = 120, **more: Any) -> dict[str, Any]:
    return finding(id_, kind="number", unit=unit, low=low, high=high, **more)


def choice(id_: str, leak: Mapping[str, float], **more: Any) -> dict[str, Any]:
    options = [{"id": o, "label": o.title()} for o in leak]
    shares = {"options": dict(leak), **OPINION}
    return {"leak": shares, **finding(id_, kind="choice", options=options, **more)}


def term(id_: str, rule: Any, leak: float | None = None) -> dict[str, Any]:
    entry = {"id": id_, "name": id_.title(), "rule": rule, **OPINION}
    return entry | ({"leak": {"p": leak, **OPINION}} if leak is not None else {})


def condition(
    id_: str, prior: Mapping[str, float] | None, likelihoods: Mapping[str, float], **more: Any
) -> dict[str, Any]:
    listed = [{"finding": f, "p": p, **OPINION} for f, p in likelihoods.items()]
    return {
        "id": id_,
        "name": {"plain": id_.title(), "clinical": id_},
        "kind": "cause",
        "urgency": "routine",
        "what": "What.",
        "clues": "Clues.",
        "next": "Next.",
        "likelihoods": listed,
        **OPINION,
        **({"prior": dict(prior)} if prior else {}),
        **more,
    }


def flag(id_: str, level: str, when: Any, **more: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "name": id_,
        "group": "g",
        "level": level,
        "when": when,
        "why": "Why.",
        "title": f"Title {id_}",
        "because": "Because.",
        "do": ["Do."],
        "answerable": "patient",
        "populations": ["all"],
        "in_emergency_screen": False,
        "examples": {"fires": [], "clears": []},
        **OPINION,
        **more,
    }


def action(id_: str, **more: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "name": id_,
        "title": f"Title {id_}",
        "category": "relief",
        "who": "self",
        "verdict": "offer",
        "certainty": "low",
        "horizon": "now",
        "say": f"Say {id_}.",
        "works": "Works.",
        "targets": ["all"],
        **OPINION,
        **more,
    }


def stratum(id_: str, when: Any, share: float) -> dict[str, Any]:
    return {"id": id_, "name": id_, "when": when, "share": share, **OPINION}


def differential(strata: Sequence[Mapping[str, Any]], **more: Any) -> dict[str, Any]:
    wording = {
        "likely": 0.5,
        "likely_low": 0.3,
        "possible_high": 0.25,
        "apart": 0.8,
        "list_from": 0.01,
        "list_at_most": 8,
        "must_not_miss_from": 0.002,
        "show_from_decibans": 1,
        "items_at_most": 6,
        **OPINION,
    }
    return {
        "judgement": "j_words",
        "strata": list(strata),
        "prior_basis": "expert_estimate",
        "prior_method": "m",
        "prior_uncertainty": "u",
        "clamp": 0.001,
        "pair_factor": 0.25,
        "pair_basis": "expert_estimate",
        "pair_why": "w",
        "pairs": [],
        "exclusive": [],
        "groups": [],
        "spread": SPREAD,
        "wording": wording,
        **more,
    }


def tiny_book(
    conditions: Sequence[Mapping[str, Any]] = (),
    flags: Sequence[Mapping[str, Any]] = (),
    *,
    model: Mapping[str, Any],
    screen: Mapping[str, Any] | None = None,
    interview: Mapping[str, Any] | None = None,
    **lists: Sequence[Any],
) -> Book:
    """Load a book of these entries; `lists` are the other kinds of content (findings, terms, actions ...) by name."""
    return load_book(tiny_files(conditions, flags, model=model, screen=screen, interview=interview, **lists))


def tiny_files(
    conditions: Sequence[Mapping[str, Any]] = (),
    flags: Sequence[Mapping[str, Any]] = (),
    *,
    model: Mapping[str, Any],
    screen: Mapping[str, Any] | None = None,
    interview: Mapping[str, Any] | None = None,
    **lists: Sequence[Any],
) -> tuple[ContentFile, ...]:
    """The files of such a book, as they could stand in a folder."""
    judgement = {
        "id": "j_words",
        "by": "A tester",
        "date": "2026-01-01",
        "says": "s",
        "plain": "p",
        "covers": ["expert_estimate", "standard_practice"],
    }
    files = {
        "book.yaml": INFO,
        "words.yaml": WORDS,
        "differential.yaml": model,
        "emergency_screen.yaml": {**NO_SCREEN, **(screen or {})},
        "followup.yaml": FOLLOWUP,
        "interview.yaml": {**INTERVIEW, **(interview or {})},
        "all.yaml": {"judgements": [judgement], **{key: list(entries) for key, entries in lists.items()}},
        **{f"conditions/{c['id']}.yaml": c for c in conditions},
        **{f"red_flags/{f['id']}.yaml": f for f in flags},
    }
    return tuple(ContentFile(name, json.dumps(data).encode()) for name, data in sorted(files.items()))
