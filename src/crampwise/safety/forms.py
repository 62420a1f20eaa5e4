"""P1 and S10: every form in which a rule exists says what its tree says."""

from collections.abc import Iterator

import z3

from crampwise.interpret.program import Program, Results
from crampwise.interpret.prose import prose
from crampwise.interview.guide import guide_of
from crampwise.interview.state import Reply, State, items_of
from crampwise.logic.answers import Value
from crampwise.logic.rules import Rule
from crampwise.safety.coded import coded
from crampwise.safety.ground import Ground
from crampwise.safety.obligations import Cases, Claim, Failure, Obligation, Query
from crampwise.safety.people import Lane
from crampwise.safety.reader import Reader
from crampwise.safety.trees import Formula, tree

REPLIES: tuple[Reply, ...] = ("yes", "no", "not_sure")


def p1(ground: Ground) -> Iterator[Obligation]:
    """The compiled program that assesses people says what the rules say."""
    person = ground.person
    claims = [
        *_alike(ground, person.given, ground.given, "P1/given", ground.engine.program),
        *_alike(ground, person.alone, ground.alone, "P1/alone", ground.engine.program),
        Claim(
            "P1/conflict",
            "An implication is broken for someone, and the program does not say so.",
            _term(ground.given.conflict) != person.given.contradiction,
        ),
    ]
    yield Query(
        "P1", [*person.limits, *person.given.laws, *person.alone.laws, *person.consistent], (person,), claims[:-1]
    )
    yield Query("P1-conflict", [*person.limits, *person.given.laws], (person,), claims[-1:])


def s10(ground: Ground) -> Iterator[Obligation]:
    """The other forms of a rule agree with it: the small programs, the sentence, the grouped questions."""
    person, engine = ground.person, ground.engine
    programs = {"closing": engine.closing, "changes": engine.urgent, "interview": guide_of(engine).program}
    claims = [
        claim
        for name, program in programs.items()
        for claim in _alike(ground, person.given, person.given.run(program), f"S10/{name}", program)
    ]
    yield Query("S10-programs", person.accepted, (person,), claims)
    unread: list[Failure] = []
    sentences = [c for key, rule in engine.rules.items() for c in _read_back(ground, key, rule, unread)]
    yield Query("S10-sentences", person.accepted, (person,), sentences)
    read = len(engine.rules)
    yield Cases("readable", "Every rule's sentence can be read back.", lambda: (read, unread))
    says = "A grouped question says no to each of its findings, and yes only where it asks for one."
    yield Cases("grouped", says, lambda: _grouped(ground))
    says = "Every coded answer is read as itself, and is refused with words around it."
    yield Cases("coded", says, lambda: coded(engine.book))


def _term(plane: object) -> Formula:
    """Without any implication the program gives a plain 0 for conflicts."""
    return plane if z3.is_expr(plane) else z3.BoolVal(False)


def _alike(ground: Ground, lane: Lane, results: Results, name: str, program: Program) -> Iterator[Claim]:
    for key in program.keys:
        true, false = ground.means(key, lane)
        says = f"A compiled program and the rule {key} differ for someone."
        yield Claim(f"{name}/{key}/true", says, results.true[key] != true)
        yield Claim(f"{name}/{key}/false", says, results.false[key] != false)


def _read_back(ground: Ground, key: str, rule: Rule, unread: list[Failure]) -> Iterator[Claim]:
    """Read a rule's sentence, with terms by name and with terms spelled out, and compare."""
    book, lane = ground.engine.book, ground.person.given
    terms = {t.id: t.rule for t in book.terms.values()}
    for open_terms in (False, True):
        sentence = prose(rule, open_terms=open_terms)
        try:
            read = Reader(sentence, book.catalogue, terms).read()
        except ValueError as error:
            unread.append(Failure(f"S10/{key}", f"The sentence of {key} cannot be read back: {error}."))
            continue
        if read == rule:
            continue
        name = f"S10/{key}/{'spelled_out' if open_terms else 'by_name'}"
        for side, mine, other in zip(("true", "false"), ground.means(key), tree(read, lane.closed), strict=True):
            says = f"The sentence of {key} says something else than its rule: {sentence}"
            yield Claim(f"{name}/{side}", says, mine != other)


def _grouped(ground: Ground) -> tuple[int, list[Failure]]:
    engine, failures = ground.engine, []
    items = list(items_of(engine))
    for item in items:
        for reply in REPLIES:
            got = State(items={item.id: reply}).intake(engine).answers.values
            want: dict[str, Value] = dict.fromkeys(item.findings, False) if reply == "no" else {}
            if reply == "yes" and len(item.findings) == 1:
                want = {item.findings[0]: True}
            if got != want:
                failures.append(Failure(f"S10/{item.id}/{reply}", f"{reply} to {item.id} is not read as it is meant."))
    return len(items) * len(REPLIES), failures
