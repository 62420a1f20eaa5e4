"""A small vocabulary for the specification of rules, and the way from plain text to rules and people."""

from collections.abc import Mapping
from decimal import Decimal

from crampwise.book.rules import RuleParser
from crampwise.book.tree import Located, read_yaml
from crampwise.interpret.prose import Labels
from crampwise.interpret.world import World
from crampwise.logic.answers import Answers, Empty, Value, value_problem
from crampwise.logic.errors import Problem
from crampwise.logic.findings import Choice, Finding, Number, YesNo
from crampwise.logic.rules import Rule

Person = Mapping[str, str | int | float]

FINDINGS: dict[str, Finding] = {
    f.id: f
    for f in (
        YesNo("dark_urine"),
        YesNo("weak_muscles"),
        YesNo("fever"),
        YesNo("takes_thiazide"),
        YesNo("takes_diuretic"),
        YesNo("takes_medicine"),
        YesNo("pregnant"),
        Choice("site", ("calf", "foot", "thigh", "hand")),
        Choice("sex", ("female", "male")),
        Choice("trimester", ("first", "second", "third")),
        Number("age", "a", Decimal(0), Decimal(120)),
        Number("weeks_pregnant", "wk", Decimal(0), Decimal(45)),
        Number("creatine_kinase", "U/L", Decimal(0), Decimal(1_000_000)),
        Number("temperature", "Cel", Decimal(30), Decimal(45)),
        Number("base_excess", "mmol/L", Decimal(-30), Decimal(30)),
    )
}

TERMS = {
    "muscle_breakdown": "{any: [dark_urine, creatine_kinase >= 1000 U/L]}",
    "breakdown_without_fever": "{all: [muscle_breakdown, {not: fever}]}",
}

IMPLIES = {"takes_thiazide": ("takes_diuretic",), "takes_diuretic": ("takes_medicine",)}

WHO_FOR = {
    "pregnant": "{all: [sex is female, age >= 12 a, age <= 55 a]}",
    "weeks_pregnant": "pregnant",
    "trimester": "pregnant",
}

LABELS = Labels(
    findings={
        "dark_urine": "dark urine",
        "weak_muscles": "weak muscles",
        "takes_thiazide": "takes a thiazide",
        "takes_diuretic": "takes a diuretic",
        "takes_medicine": "takes a medicine",
        "site": "place of the cramp",
        "weeks_pregnant": "weeks of pregnancy",
        "creatine_kinase": "creatine kinase",
        "base_excess": "base excess",
    },
    options={("site", "calf"): "the calf", ("site", "foot"): "the foot"},
    units={"age": "years", "weeks_pregnant": "weeks", "temperature": "°C"},
    terms={"muscle_breakdown": "signs of muscle breakdown"},
)


def _tree(text: str) -> Located:
    problems: list[Problem] = []
    tree = read_yaml(text, "rule", problems)
    assert tree is not None and not problems, problems
    return tree


def rule(text: str) -> Rule:
    """Read a rule written as in the content."""
    problems: list[Problem] = []
    parsed = RuleParser(FINDINGS, {name: _tree(t) for name, t in TERMS.items()}, problems).parse(_tree(text))
    assert parsed is not None and not problems, problems
    return parsed


WORLD = World(FINDINGS, IMPLIES, {id_: rule(text) for id_, text in WHO_FOR.items()})


def answers(person: Person) -> Answers:
    """Turn a person written down plainly into answers; "not sure" and "empty" are said in words."""
    values: dict[str, Value] = {}
    not_sure = set()
    for id_, said in person.items():
        if said == "not sure":
            not_sure.add(id_)
            continue
        values[id_] = _value(FINDINGS[id_], said)
    return Answers(values, frozenset(not_sure))


def _value(finding: Finding, said: str | int | float) -> Value:
    if said == "empty":
        return Empty.EMPTY
    value: Value
    if isinstance(finding, YesNo):
        assert said in ("yes", "no"), said
        value = said == "yes"
    else:
        value = str(said) if isinstance(finding, Choice) else Decimal(str(said))
    assert value_problem(finding, value) is None, (finding, said)
    return value
