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
        person = someone(list(_like(jury, mutant)), jury.ground.person) if mutant.kind[:6] != "flag d" else None
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


def _like(jury: Jury, mutant: Mutant) -> Iterator[Formula]:
    """Someone for whom the rule holds and its mutant does not, nor any other reason against the same action."""
    person = jury.ground.person
    yield from (*person.accepted, *person.plausible, *person.untested)
    key = f"red_flag/{mutant.id}" if mutant.kind == "flag weakened" else f"not_for/{mutant.id}/{mutant.place}"
    yield jury.ground.means(key)[0]
    rules = [mutant.rule] if mutant.rule is not None else []
    if key.startswith("not_for"):
        rules += [r for i, r in enumerate(entries(jury.engine)[mutant.id].not_for) if i != mutant.place]
    yield neither(*(tree(r, person.given.closed)[0] for r in rules))


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
