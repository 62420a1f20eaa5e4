"""What has to be shown for a property, and how it is shown: by a solver, by people who exist, or case by case."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from time import monotonic

import z3

from crampwise.logic.answers import Answers
from crampwise.safety.people import Person
from crampwise.safety.trees import Formula, both, either, neither

MOST_FAILURES = 10
"""So many failed obligations of one query are told apart; more say the same again."""


@dataclass(frozen=True)
class Claim:
    """No person is as `bad` says; `says` puts the failure into words."""

    id: str
    says: str
    bad: Formula


@dataclass(frozen=True)
class Query:
    """Claims about everyone in a world, put to the solver as one question: is there anyone for whom one fails?

    Attributes:
        world: who is meant. people: one person, or the two that are compared (the second is the one shown).
    """

    name: str
    world: Sequence[Formula]
    people: tuple[Person, ...]
    claims: Sequence[Claim]


@dataclass(frozen=True)
class Wanted:
    """Someone who must exist.

    Attributes:
        check: looks at the person found with the reference interpreter or the real program.
        rather: someone like that is taken, if there is one.
    """

    id: str
    says: str
    like: Formula
    check: Callable[[Answers], bool]
    rather: Formula | None = None


@dataclass(frozen=True)
class Search:
    """People who must exist in a world; `how` says what each of them is put to."""

    name: str
    how: str
    world: Sequence[Formula]
    person: Person
    wanted: Sequence[Wanted]


@dataclass(frozen=True)
class Failure:
    """An obligation that does not hold.

    Attributes:
        answers: of a person who shows it. before: of the one with whom that person is compared.
        tested: findings whose test is under way for that person.
    """

    id: str
    says: str
    answers: Answers | None = None
    before: Answers | None = None
    tested: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cases:
    """Something finite that is gone through case by case: gives the number of cases and what fails."""

    name: str
    says: str
    run: Callable[[], tuple[int, list[Failure]]]


Obligation = Query | Search | Cases


@dataclass(frozen=True)
class Shown:
    """How an obligation came out.

    Attributes:
        count: obligations in it. files: certificate files by name. how: how it was shown, in a few words.
        late: the solver ran out of time.
    """

    count: int
    how: str
    failures: tuple[Failure, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    late: bool = False


class TooLateError(Exception):
    """The time for a property is over."""


class Clock:
    """Counts down the seconds that a property may take."""

    def __init__(self, seconds: float) -> None:
        self._end = monotonic() + seconds

    def left(self) -> int:
        """Give the milliseconds that are left.

        Raises:
            TooLateError: there are none.
        """
        left = int((self._end - monotonic()) * 1000)
        if left <= 0:
            raise TooLateError
        return left

    def check(self, solver: z3.Solver, *more: Formula) -> bool:
        """Ask a solver whether there is anyone.

        Raises:
            TooLateError: there is no answer in time.
        """
        solver.set("timeout", self.left())
        found = solver.check(*more)
        if found == z3.unknown:
            raise TooLateError
        return bool(found == z3.sat)


def show(obligation: Obligation, clock: Clock) -> Shown:
    """Discharge one obligation."""
    try:
        match obligation:
            case Query():
                return _ask(obligation, clock)
            case Search():
                return _search(obligation, clock)
            case Cases():
                count, failures = obligation.run()
                if not failures:
                    clock.left()
                return Shown(1, f"{obligation.name}: {count:,} cases gone through", tuple(failures))
    except TooLateError:
        return Shown(_size(obligation), f"{obligation.name}: out of time", late=True)


def _size(obligation: Obligation) -> int:
    match obligation:
        case Query():
            return len(obligation.claims)
        case Search():
            return len(obligation.wanted)
        case Cases():
            return 1


def _ask(query: Query, clock: Clock) -> Shown:
    solver = z3.Solver()
    solver.add(*query.world)
    world_holds = clock.check(solver)
    solver.add(either(c.bad for c in query.claims))
    text = _smt(query, solver)
    failures: list[Failure] = []
    if not world_holds:
        failures.append(Failure(query.name, "There is nobody of whom this speaks, so it says nothing."))
    elif clock.check(solver):
        failures = _failing(query, clock)
    result = "nobody breaks one (unsat)" if not failures else "someone breaks one"
    return Shown(
        len(query.claims),
        f"{query.name}: {len(query.claims):,} claims, {result}",
        tuple(failures),
        ((f"{query.name}.smt2", text),),
    )


def _smt(query: Query, solver: z3.Solver) -> str:
    head = f"; {query.name}: {len(query.claims)} claims. The answer must be unsat: nobody breaks one."
    return f"{head}\n(set-logic QF_LRA)\n{solver.to_smt2()}"


def _failing(query: Query, clock: Clock) -> list[Failure]:
    failures: list[Failure] = []
    left = list(query.claims)
    solver = z3.Solver()
    solver.add(*query.world)
    while left and len(failures) < MOST_FAILURES:
        solver.push()
        solver.add(either(c.bad for c in left))
        if not clock.check(solver):
            break
        model = solver.model()
        solver.pop()
        failed = next(c for c in left if z3.is_true(model.eval(c.bad, model_completion=True)))
        failures.append(_failure(failed, query, clock))
        left.remove(failed)
    return failures


def _failure(claim: Claim, query: Query, clock: Clock) -> Failure:
    model = smallest([*query.world, claim.bad], query.people, clock)
    shown, *before = [p.answers(model) for p in reversed(query.people)]
    tested = query.people[-1].tested_in(model)
    return Failure(claim.id, claim.says, shown, before[0] if before else None, tested)


def smallest(wanted: Iterable[Formula], people: Sequence[Person], clock: Clock) -> z3.ModelRef:
    """Find someone of whom little is known: whatever is not needed is taken away, first all at once, then singly."""
    solver = z3.Solver()
    solver.add(*wanted)
    if not clock.check(solver):
        raise ValueError("there is nobody like that")
    model = solver.model()
    known = {id_ for p in people for id_ in p.known_in(model)}
    silent = {id_: both(*(p.silences[id_] for p in people)) for id_ in people[0].silences}
    groups = [both(*(neither(t) for p in people for t in p.tested.values()))]
    groups.append(both(*(term for id_, term in silent.items() if id_ not in known)))
    gone: list[Formula] = []
    for term in [*groups, *(silent[id_] for id_ in silent if id_ in known)]:
        if clock.check(solver, *gone, term):
            gone.append(term)
            model = solver.model()
    return model


def someone(wanted: Sequence[Formula], person: Person, seconds: float = 30) -> Answers | None:
    """Give a person like that of whom little is known, if there is one."""
    try:
        return person.answers(smallest(wanted, [person], Clock(seconds)))
    except (ValueError, TooLateError):
        return None


def _search(search: Search, clock: Clock) -> Shown:
    solver = z3.Solver()
    solver.add(*search.world)
    failures: list[Failure] = []
    people: dict[str, dict[str, str]] = {}
    for wanted in search.wanted:
        found = wanted.rather is not None and clock.check(solver, wanted.rather)
        if not (found or clock.check(solver, wanted.like)):
            nearest = search.person.answers(solver.model()) if clock.check(solver) else None
            failures.append(Failure(wanted.id, wanted.says, nearest))
            continue
        answers = search.person.answers(solver.model())
        people[wanted.id] = {k: str(v) for k, v in sorted(answers.values.items())}
        if not wanted.check(answers):
            failures.append(Failure(wanted.id, f"{wanted.says} The program says otherwise of this person.", answers))
    text = json.dumps(people, indent=1)
    how = f"{search.name}: {len(people)} people found, {search.how}"
    return Shown(len(search.wanted), how, tuple(failures), ((f"{search.name}.json", text),))
