"""Parts of a result in words, for whatever shows it."""

from crampwise.assess.assessment import Ask, Assessment, Cause, Change, LabReading
from crampwise.assess.engine import Engine
from crampwise.book.schema.knowledge import Words

SHOWN_ASKS = 3
"""Open questions that are shown beside one cause or offer."""


def waiting(result: Assessment) -> list[tuple[Ask, list[str]]]:
    """Give each question that an offer waits for, with the titles of those offers; the question of most first."""
    found: dict[str, tuple[Ask, list[str]]] = {}
    shown = [o for o in result.stretches if "cramp" in o.horizon]
    for offer in (*shown, *(o for o in result.plan if o.horizon != "talk")):
        if offer.status == "ask_first":
            for ask in offer.asks[:SHOWN_ASKS]:
                found.setdefault(ask.ask, (ask, []))[1].append(offer.title)
    return sorted(found.values(), key=lambda w: -len(w[1]))


def listed(words: Words, titles: list[str]) -> str:
    """Give the first few of many names, and how many more."""
    titles = list(dict.fromkeys(titles))
    more = len(titles) - SHOWN_ASKS
    shown = ", ".join(titles[:SHOWN_ASKS])
    return shown if more <= 0 else f"{shown}, {words.phrases['and_more'].format(n=more)}"


def share(words: Words, cause: Cause) -> str:
    """Say a probability in people out of 100, with the limits that it lies between."""
    percent, low, high = (round(100 * p) for p in (cause.probability, cause.low, cause.high))
    if percent and low:
        return words.phrases["share"].format(percent=percent, low=low, high=high)
    if percent:
        return words.phrases["share_to"].format(percent=percent, high=high)
    if high > 1:
        return words.phrases["share_small_to"].format(high=high)
    return words.phrases["share_small"]


def lab_text(words: Words, lab: LabReading) -> str:
    """Say a result with its interval, and as converted where that differs."""
    limits = f", {lab.low or ''} to {lab.high or ''} {lab.canonical_unit}" if lab.low or lab.high else ""
    own = lab.canonical if lab.canonical != lab.value else ""
    converted = f" ({own} {lab.canonical_unit})" if own else ""
    return f"{lab.name}: {lab.value} {lab.unit}{converted}, {words.phrases[f'lab_{lab.status}']}{limits}"


def change_target(engine: Engine, change: Change) -> str:
    """Name the level or the condition that a change leads to."""
    condition = engine.book.conditions.get(change.to)
    if condition:
        return condition.name.plain
    return next(w.title for w in engine.book.words.levels if w.level == change.to).rstrip(".").lower()
