"""`python -m tests.proofs.record`: adds to the second records what new content needs. It never takes anything away.

For every mutant of the content that nothing notices, someone is found whom only the unchanged rule serves, of whom as
little as possible is known. What is added must be read by a person before it is committed: it is a record, not a test.
"""

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from decimal import Decimal

from crampwise.assess.engine import Engine, engine_of
from crampwise.interpret.person import evaluate
from crampwise.interpret.world import close
from crampwise.logic.answers import Answers
from crampwise.logic.findings import Number
from crampwise.logic.rules import Compare, Rule, walk
from crampwise.logic.truth import Truth
from crampwise.safety.obligations import someone
from crampwise.safety.trees import Formula, neither, tree
from tests.proofs.content_mutants import HERE, Jury, Mutant, entries, flag_mutants, reason_mutants, records
from tests.support.people import shipped, values_of

WIDTH = 140
Said = dict[str, str]


def main() -> None:
    engine = engine_of(shipped())
    jury = Jury(engine)
    people = [*records("people.yaml")["fires"]]
    withheld = [p["who"] for p in records("withheld.yaml")["withheld"]]
    added = [0, 0]
    for mutant in (*flag_mutants(engine), *reason_mutants(engine)):
        if jury.notice(mutant) is not None:
            continue
        person = _between(jury, mutant) if mutant.kind not in ("flag deleted", "flag lowered") else None
        if person is None:
            print(f"By hand: {mutant.kind}: {mutant.id}: {mutant.what}")
        elif mutant.kind == "flag weakened":
            people.append({"flag": mutant.id, "who": said(engine, person)})
            jury.fires.append((mutant.id, close(engine.world, person)))
            added[0] += 1
        else:
            withheld.append(said(engine, person))
            jury.withheld.append((close(engine.world, person), frozenset(against(engine, person))))
            added[1] += 1
    _write("people.yaml", "fires", (_lines({"flag": p["flag"], "who": p["who"]}) for p in people))
    rows = sorted(withheld, key=lambda who: (len(who), json.dumps(who)))
    _write("withheld.yaml", "withheld", (_lines({"who": w, "not": _against(engine, w)}) for w in rows))
    print(f"Added {added[0]} people for red flags and {added[1]} for actions. Read them before you commit them.")


def _between(jury: Jury, mutant: Mutant) -> Answers | None:
    """Someone of whom little is known, for whom only the unchanged rule holds; numbers are round, next to borders."""
    whole = jury.ground.person
    moved = {(n.finding.id, n.threshold) for n in walk(mutant.rule) if isinstance(n, Compare)} if mutant.rule else set()
    cuts = {*moved, *((id_, t) for id_, thresholds in jury.ground.cuts.items() for t in thresholds)}
    whole.cuts = {id_: tuple(t for i, t in cuts if i == id_) for id_, _ in cuts}
    found = someone(list(_like(jury, mutant)), whole)
    if found is None:
        return None
    own, rest = _rules(jury.engine, mutant)
    for id_, value in found.values.items():
        if not isinstance(value, Decimal):
            continue
        for places in range(3):
            rounder = found.with_values({id_: round(value, places)})
            closed = close(jury.engine.world, rounder)
            if evaluate(own, closed) is Truth.TRUE and not any(evaluate(r, closed) is Truth.TRUE for r in rest):
                found = rounder
                break
    return found


def _rules(engine: Engine, mutant: Mutant) -> tuple[Rule, list[Rule]]:
    """The rule that was changed; and what stands in its place, with the other reasons against the same action."""
    new = [mutant.rule] if mutant.rule is not None else []
    if mutant.kind == "flag weakened":
        return engine.book.red_flags[mutant.id].when, new
    reasons = entries(engine)[mutant.id].not_for
    return reasons[mutant.place], [*new, *(r for i, r in enumerate(reasons) if i != mutant.place)]


def _like(jury: Jury, mutant: Mutant) -> Iterator[Formula]:
    """Someone for whom the rule holds and its mutant does not, nor any other reason against the same action."""
    person = jury.ground.person
    yield from (*person.accepted, *person.plausible, *person.untested)
    own, rest = _rules(jury.engine, mutant)
    yield tree(own, person.given.closed)[0]
    yield neither(*(tree(r, person.given.closed)[0] for r in rest))


def against(engine: Engine, person: Answers) -> list[str]:
    """Ids of the actions and stretches that a person must not be offered, by the reference interpreter."""
    closed = close(engine.world, person)
    return [i for i, e in entries(engine).items() if any(evaluate(r, closed) is Truth.TRUE for r in e.not_for)]


def _against(engine: Engine, who: Mapping[str, str]) -> list[str]:
    return against(engine, Answers(values_of(engine.book, who)))


def said(engine: Engine, person: Answers) -> Said:
    found: Said = {}
    for id_, value in person.values.items():
        finding = engine.book.catalogue[id_]
        if isinstance(value, bool):
            found[id_] = "yes" if value else "no"
        elif isinstance(value, Decimal) and isinstance(finding, Number):
            found[id_] = f"{value:f} {finding.unit}".strip()
        else:
            found[id_] = str(value)
    return found


def _lines(entry: Mapping[str, str | Mapping[str, str] | list[str]]) -> str:
    texts = [f"{key}: {_flow(value)}" for key, value in entry.items()]
    firsts = ["  - ", *["    "] * (len(texts) - 1)]
    wrapped = (
        textwrap.fill(
            text, WIDTH, initial_indent=first, subsequent_indent=" " * 6, break_long_words=False, break_on_hyphens=False
        )
        for first, text in zip(firsts, texts, strict=True)
    )
    return "\n".join(wrapped)


def _flow(value: str | Mapping[str, str] | list[str]) -> str:
    if isinstance(value, str):
        return value if re.fullmatch(r"[A-Za-z0-9_. %/-]+", value) else json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return f"[{', '.join(value)}]"
    return "{" + ", ".join(f"{k}: {_flow(v)}" for k, v in value.items()) + "}"


def _write(name: str, key: str, rows: Iterator[str]) -> None:
    path = HERE / name
    comment = path.read_text("utf-8").splitlines()[0]
    path.write_text("\n".join([comment, f"{key}:", *rows, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
