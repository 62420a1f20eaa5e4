"""The rules, the emergency screen and the actions hang together."""

from collections.abc import Iterator

from crampwise.book.book import Book, rank
from crampwise.book.schema.care import Action, Stretch
from crampwise.logic.errors import Problem
from crampwise.logic.rules import Rule, findings_of

_URGENT = rank("same_day")


def check_safety(book: Book) -> list[Problem]:
    """Check the emergency screen, what may answer a red flag, and that urgent conditions are caught."""
    return [*_screen(book), *_answerable(book), *_caught(book), *_unused(book), *_muscles(book)]


def _screen(book: Book) -> Iterator[Problem]:
    where = "emergency_screen.yaml"
    screens = book.emergency_screen.screens
    if len(screens) > 3 or any(len(s.items) > 8 for s in screens):
        yield Problem(where, "more than three screens, or more than eight questions on one.")
    gates = [f for s in screens for i in s.items for f in i.findings]
    for finding in sorted({f for f in gates if gates.count(f) > 1}):
        yield Problem(where, f"{finding} stands under two items.")
    for entry in book.findings.values():
        if (entry.asked_in == "emergency_screen") != (entry.id in gates):
            yield Problem(f"findings/{entry.id}", "asked_in and the emergency screen disagree.")
    yield from _coverage(book, where)


def _coverage(book: Book, where: str) -> Iterator[Problem]:
    items = {i.id for s in book.emergency_screen.screens for i in s.items}
    for flag_id, names in book.emergency_screen.coverage.items():
        for name in names:
            if name not in items:
                yield Problem(where, f"{flag_id} names the item {name!r}, which is not on a screen.")
    for flag in book.red_flags.values():
        needs_screen = flag.level == "emergency_now" and flag.answerable != "clinician"
        if flag.in_emergency_screen != needs_screen:
            yield Problem(f"red_flags/{flag.id}", f"in_emergency_screen must be {str(needs_screen).lower()}.")
        if needs_screen and not book.emergency_screen.coverage.get(flag.id):
            yield Problem(where, f"coverage does not name {flag.id}.", "Say through which item it can fire.")


def _answerable(book: Book) -> Iterator[Problem]:
    patient = {f.id for f in book.findings.values() if f.answered_by == "patient"}
    for flag in book.red_flags.values():
        own = {f.id for f in findings_of(flag.when)} <= patient
        if own != (flag.answerable == "patient"):
            yield Problem(f"red_flags/{flag.id}", f"answerable says {flag.answerable}, but its findings say otherwise.")


def _caught(book: Book) -> Iterator[Problem]:
    for condition in book.conditions.values():
        if rank(condition.urgency) < _URGENT or condition.prior is None:
            continue
        if not any(rank(book.red_flags[f].level) >= _URGENT for f in condition.caught_by):
            yield Problem(
                f"conditions/{condition.id}", f"is {condition.urgency}, but no red flag at that height catches it."
            )


def _unused(book: Book) -> Iterator[Problem]:
    used = {f.id for rule in rules_of(book).values() for f in findings_of(rule)}
    used |= {x.finding for c in book.conditions.values() for x in c.likelihoods}
    used |= {f for s in book.emergency_screen.screens for i in s.items for f in (*i.findings, *i.then)}
    used |= {f for m in book.medicines.values() for f in (*m.sets, *m.asks)}
    used |= {f for t in book.tests.values() for f in t.results} | {
        f for e in book.examination.values() for f in e.findings
    }
    used |= {i.finding for f in book.formulas.values() for i in f.inputs if i.finding}
    used |= {t for f in book.findings.values() for t in f.implies} | {m.site for m in book.muscles.values()}
    used |= {t for c in book.claims.values() for t in c.executed_by}
    for id_ in sorted(book.findings.keys() - used):
        yield Problem(f"findings/{id_}", "nothing uses it.", "Remove it, or use it in a rule or a condition.")


def _muscles(book: Book) -> Iterator[Problem]:
    for stretch in book.stretches.values():
        if stretch.muscle not in book.muscles:
            yield Problem(f"stretches/{stretch.id}", f"there is no muscle called {stretch.muscle!r}.")
    for action in book.actions.values():
        for target in action.targets:
            if target != "all" and target not in book.muscles:
                yield Problem(f"actions/{action.id}", f"there is no muscle called {target!r}.")


def rules_of(book: Book) -> dict[str, Rule]:
    """Every rule of the book, under a key that says where it stands."""
    found: dict[str, Rule] = {f"who_for/{f.id}": f.who_for for f in book.findings.values() if f.who_for}
    found |= {f"term/{t.id}": t.rule for t in book.terms.values()}
    found |= {f"red_flag/{r.id}": r.when for r in book.red_flags.values()}
    for condition in book.conditions.values():
        found |= {f"requires/{condition.id}/{i}": r for i, r in enumerate(condition.requires_any)}
    found |= {f"panel/{p.id}": p.when for p in book.panels.values()}
    found |= {f"test/{t.id}": t.when for t in book.tests.values()}
    found |= {f"not_test/{t.id}": t.not_when for t in book.tests.values() if t.not_when}
    for score in book.scores.values():
        found |= {f"score/{score.id}/{i}": item.when for i, item in enumerate(score.items)}
    found |= {f"formula/{f.id}": f.only_if for f in book.formulas.values() if f.only_if}
    entries: list[Action | Stretch] = [*book.actions.values(), *book.stretches.values()]
    for entry in entries:
        found |= {f"not_for/{entry.id}/{i}": r for i, r in enumerate(entry.not_for)}
        found |= {f"caution/{entry.id}/{i}": c.when for i, c in enumerate(entry.cautions)}
        if entry.fits:
            found[f"fits/{entry.id}"] = entry.fits
    for action in book.actions.values():
        found |= {f"stop/{action.id}/{i}": r for i, r in enumerate(action.stop_if)}
    if book.info.offers_for:
        found["offers_for"] = book.info.offers_for
    found |= {f"combination/{c.id}": c.when for c in book.combinations.values()}
    found |= {f"stratum/{s.id}": s.when for s in book.differential.strata}
    return found
