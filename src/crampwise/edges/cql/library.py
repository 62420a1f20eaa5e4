"""A book as one CQL library: what was told, what is known from it, what is still possible, and the urgency.

The rules are written twice. In the reading "known" only what is known counts. In the reading "possible" open findings
of an examination or a test are set aside as not found, as they are for a person on their own; a rule that is then not
false may still hold. What a test shows is not set aside once a result of that test is there.
"""

from crampwise.assess.engine import Engine
from crampwise.book.book import rank
from crampwise.book.schema.common import LEVELS
from crampwise.edges.cql.arithmetic import FITTING, Arithmetic
from crampwise.edges.cql.reading import FUNCTIONS, Reading
from crampwise.interpret.cql import AT_LEAST, Told, Writer, listed, string
from crampwise.logic.findings import Finding, Number, YesNo

NAME = "Crampwise"


def library(engine: Engine) -> str:
    """Give the text of the library; each define stands after those that it needs."""
    both = _Readings(engine)
    flags = engine.flags_by_level
    for flag in flags:
        for writer in (both.known, both.possible):
            writer.define(flag.id, writer.rule(flag.when))
    contradictions = both.known.contradictions()
    parts = (
        _head(engine),
        FUNCTIONS,
        AT_LEAST,
        FITTING,
        *both.arithmetic.functions.values(),
        *both.told.text(),
        *both.known.defines.values(),
        *both.possible.defines.values(),
        _urgency(both, contradictions),
    )
    return "\n".join(parts)


class _Readings:
    """The two readings of the rules, on the same answers."""

    def __init__(self, engine: Engine) -> None:
        book = engine.book
        self.engine = engine
        self.told = Reading(book)
        labels = {f.id: f.clinical for f in book.findings.values()}
        labels |= {f"term {t.id}": t.name for t in book.terms.values()}
        labels |= {f.id: f.name for f in book.red_flags.values()}
        self.known = Writer(engine.world, Told(self._given), "known", labels)
        self.possible = Writer(engine.world, Told(self._set_aside, self._without_value), "possible", labels)
        self.arithmetic = Arithmetic(book, self.known, self.told.own_limit)

    def _given(self, finding: Finding) -> str:
        """An answer that is given, or worked out from others."""
        given = self.told.answer(finding)
        if not isinstance(finding, Number):
            return given
        if finding.id not in self.known.defines:
            worked_out = self.arithmetic.worked_out(finding)
            self.known.define(finding.id, f"Coalesce({given},\n  {worked_out})" if worked_out else given)
        return self.known.name(finding.id)

    def _set_aside(self, finding: Finding) -> str:
        """The same answer; what only an examination or test can show is a no while it is open."""
        if not isinstance(finding, YesNo):
            return self._given(finding)
        known = self.known.yes_no(finding)
        if finding.id in self.engine.patient:
            return known
        done = self.told.done(finding)
        return f"Coalesce({known}, {f'(if {done} then null else false)' if done else 'false'})"

    def _without_value(self, finding: Finding) -> str | None:
        """Whether a number that only an examination or test can give is set aside."""
        if isinstance(finding, YesNo) or finding.id in self.engine.patient:
            return None
        done = self.told.done(finding)
        return f"({self._given(finding)} is null{f' and not {done}' if done else ''})"


def _head(engine: Engine) -> str:
    info = engine.book.info
    return f"""\
// {info.title}.
// Red flags and urgency. Book {info.version} of {info.date}, digest {engine.book.digest}.
// Made by: crampwise cql export
library {NAME} version {string(info.version)}

using FHIR version '4.0.1'
include FHIRHelpers version '4.0.1'

context Patient
"""


def _urgency(both: _Readings, contradictions: str) -> str:
    flags = [
        f"Tuple {{ id: {string(f.id)}, level: {string(f.level)}, rank: {rank(f.level)}, "
        f"certain: {both.known.name(f.id)}, possible: {both.possible.name(f.id)} }}"
        for f in both.engine.flags_by_level
    ]
    return f"""\
// Answers that contradict each other; while there are any, nothing is ruled out.
define "Contradictions":
  {contradictions}

// Urgency levels from the lowest to the highest.
define "Levels":
  {listed([string(level) for level in LEVELS])}

// Every red flag, the gravest first: whether it holds for certain, and whether it holds with open findings of an
// examination or test set aside.
define "Red flags":
  {listed(flags).replace(chr(10), chr(10) + "  ")}

define "Fired":
  "Red flags" F where F.certain is true

define "Open":
  "Red flags" F where F.certain is not true and F.possible is not false

define "Ruled out":
  "Red flags" F where F.certain is not true and F.possible is false

// The urgency that is already certain. More answers can only raise it.
define "Urgency certain":
  "Levels"[Coalesce(Max("Fired" F return all F.rank), 0)]

// The urgency that open answers could still make it. Only what is possible can reassure.
define "Urgency possible":
  if exists "Contradictions" then Last("Levels")
  else "Levels"[Coalesce(Max(("Fired" union "Open") F return all F.rank), 0)]

define "Settled":
  "Urgency certain" = "Urgency possible"
"""
