"""What all properties stand on: the book's engine, one person as Z3 terms, and the compiled program run on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from crampwise.assess.engine import Engine
from crampwise.interpret.person import evaluate
from crampwise.interpret.program import Results
from crampwise.interpret.world import close
from crampwise.logic.answers import Answers
from crampwise.logic.rules import Compare, walk
from crampwise.logic.truth import Truth
from crampwise.safety.people import Lane, Person
from crampwise.safety.trees import Formula, Pair, neither, tree


@dataclass(frozen=True, eq=False)
class Ground:
    """A book, and everyone about whom anything may be known.

    Attributes:
        engine: the book made ready to assess people.
    """

    engine: Engine

    def someone(self, name: str) -> Person:
        """Make another person, with variables of their own."""
        tested = frozenset(f for t in self.engine.book.tests.values() for f in t.results)
        clinical = frozenset(self.engine.not_found)
        return Person(self.engine.world, clinical, tested, self.cuts, name)

    @cached_property
    def cuts(self) -> Mapping[str, tuple[Decimal, ...]]:
        """The thresholds of each number, over all rules."""
        found: dict[str, set[Decimal]] = {}
        for rule in self.engine.rules.values():
            for node in walk(rule):
                if isinstance(node, Compare):
                    found.setdefault(node.finding.id, set()).add(node.threshold)
        return {id_: tuple(sorted(values)) for id_, values in found.items()}

    @cached_property
    def person(self) -> Person:
        """The one person of all properties that speak of one."""
        return self.someone("p")

    @cached_property
    def given(self) -> Results:
        """The program, run on the person's answers as given."""
        return self.person.given.run(self.engine.program)

    @cached_property
    def alone(self) -> Results:
        """The program, run with open examinations and tests set aside."""
        return self.person.alone.run(self.engine.program)

    def means(self, key: str, lane: Lane | None = None) -> Pair:
        """When a rule is true and when it is false, by its tree alone."""
        lane = lane or self.person.given
        pair = self._meanings.get((key, lane.name))
        if pair is None:
            pair = self._meanings[key, lane.name] = tree(self.engine.rules[key], lane.closed)
        return pair

    @cached_property
    def _meanings(self) -> dict[tuple[str, str], Pair]:
        return {}

    def unknown(self, id_: str) -> Formula:
        """A finding has no value, whatever follows from the answers."""
        return neither(self.person.given.known(id_))

    def truth(self, key: str, answers: Answers) -> Truth:
        """The truth of a rule for one real person, by the reference interpreter."""
        return evaluate(self.engine.rules[key], close(self.engine.world, answers))
