"""Print the manual of rules from the table: python -m tests.spec.manual > docs/reference/rules.md."""

from tests.spec.table import FOLLOWS, LEAVES, MISSING, TABLE, TERMS, TREES, Row
from tests.spec.toy import FINDINGS, IMPLIES, WHO_FOR, Person
from tests.spec.toy import TERMS as TOY_TERMS

INTRODUCTION = """\
# Rules

<!-- Made from tests/spec/table.py. Change that, then run: python -m tests.spec.manual > docs/reference/rules.md -->

A rule says something about a person, from what is known of them. Red flags, terms, tests, cautions and everything
else in `content/` that begins with `when`, `rule`, `who_for`, `not_for` or the like holds one.

For one person a rule is **true**, **false** or **unknown**. It is unknown while answers that could still decide it
are missing. Every example below is run against every interpreter of rules, so this page cannot be wrong about them.

## In short

| Write | It is true when |
| --- | --- |
| `dark_urine` | the yes/no finding is yes, or the term holds |
| `site is calf` | the choice has this option |
| `site is calf or foot` | the choice has one of these options |
| `age >= 60 a` | the number is 60 or more (also `>`, `<=`, `<`); the unit must be the finding's own |
| `{not: RULE}` | the rule is false |
| `{all: [RULE, RULE]}` | every rule is true |
| `{any: [RULE, RULE]}` | at least one rule is true |
| `{at_least: 2, of: [RULE, RULE, RULE]}` | at least two of the rules are true |

`RULE` is any line of this table again. Trees may also be written over several lines, as in all YAML:

```yaml
when:
  all:
    - site is calf
    - not: fever
    - any:
        - dark_urine
        - creatine_kinase >= 1000 U/L
```

There is nothing else: no arithmetic, no dates, no text search. Whatever a rule needs must be a finding.
"""

CHAPTERS = {
    LEAVES: "A leaf is one line of text and reads one finding. Write single spaces between its parts and no quotes.",
    TREES: "A tree is a map with `not`, `all`, `any`, or `at_least` and `of`. Lists need at least one rule.",
    TERMS: "A rule that is used often, or deserves a name, is written once under `terms`. Its name then is a leaf.",
    MISSING: 'A finding that was never asked and one answered "not sure" are both unknown.',
    FOLLOWS: "Before rules are read, answers that follow from the given ones are added. Given answers never change.",
}

MISTAKES = """\
## What is refused

A mistake stops the book from loading. It is reported with file, line and column, and often with what was meant.

- a finding, term or option that does not exist;
- a yes/no finding with an option or a number, a choice without `is`, a number without a comparison;
- a number without its unit, or with another unit than the finding's own;
- a threshold outside the plausible limits of the finding;
- an empty list; `at_least` below 1 or above the length of the list;
- a term that uses itself, also through other terms;
- implications and `who_for` rules by which an answer would follow from itself.
"""


def render() -> str:
    """Give the whole page."""
    parts = [INTRODUCTION, _vocabulary()]
    for chapter, text in CHAPTERS.items():
        parts.append(f"## {chapter}\n\n{text}\n")
        parts += [_row(row) for row in TABLE if row.chapter == chapter]
    return "\n".join([*parts, MISTAKES])


def _vocabulary() -> str:
    lines = ["## The findings of the examples", "", "| Finding | Kind |", "| --- | --- |"]
    for id_, finding in FINDINGS.items():
        kind = type(finding).__name__
        detail = {
            "YesNo": "yes or no",
            "Choice": "one of " + ", ".join(getattr(finding, "options", ())),
            "Number": f"a number in {getattr(finding, 'unit', '')}, "
            f"from {getattr(finding, 'low', '')} to {getattr(finding, 'high', '')}",
        }[kind]
        lines.append(f"| `{id_}` | {detail} |")
    lines += ["", "Terms, implications, and for whom a finding exists:", "", "```yaml"]
    lines += [f"{name}: {rule}  # a term" for name, rule in TOY_TERMS.items()]
    lines += [f"{source}: {{implies: [{', '.join(targets)}]}}" for source, targets in IMPLIES.items()]
    lines += [f"{id_}: {{who_for: {rule}}}" for id_, rule in WHO_FOR.items()]
    return "\n".join([*lines, "```", ""])


def _row(row: Row) -> str:
    lines = [f"### {row.title}", "", row.says, "", "```yaml", row.rule, "```", "", f"In words: *{row.sentence}*.", ""]
    lines += ["| Person | The rule is |", "| --- | --- |"]
    lines += [f"| {_person(person)} | {expected} |" for person, expected in row.people]
    return "\n".join([*lines, ""])


def _person(person: Person) -> str:
    if not person:
        return "nothing known"
    return ", ".join(f"`{id_}`: {answer}" for id_, answer in person.items())


if __name__ == "__main__":
    print(render(), end="")
