"""An assessment as one neutral page, for whatever shows it: sections of lines, each with its evidence."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from crampwise.assess.assessment import Assessment, Cause, Cite, Flag, LabReading, Offer, Statement
from crampwise.assess.countries import country_in_a_sentence
from crampwise.assess.engine import Engine, engine_of
from crampwise.assess.triage import level_words
from crampwise.assess.wording import SHOWN_ASKS, change_target, lab_text, listed, share, waiting
from crampwise.book.book import Book, rank
from crampwise.book.schema.common import Level

Tone = Literal["emergency", "urgent", "plain", "quiet"]
_SHOWN_QUESTIONS = 5
_SHOWN_CHANGES = 6


@dataclass(frozen=True)
class Line:
    """One line: text, what it rests on, how deep it is indented, and whether it is a sub-heading."""

    text: str
    cites: tuple[Cite, ...] = ()
    indent: int = 0
    strong: bool = False


@dataclass(frozen=True)
class Section:
    """A heading with its lines."""

    title: str
    lines: tuple[Line, ...]
    tone: Tone = "plain"


@dataclass(frozen=True)
class Page:
    """The whole result for one reader."""

    level: Level
    sections: tuple[Section, ...]


def page(book: Book, result: Assessment, country: str | None = None) -> Page:
    """Lay an assessment out for a patient.

    Args:
        book: gives the words.
        result: what to show.
        country: ISO 3166-1 alpha-2 code of where the person is, for the emergency number; None if not known.
    """
    writer = _Writer(engine_of(book), result, country)
    order = writer.emergency() if result.emergencies else writer.ordinary()
    return Page(result.urgency.at_least, tuple(s for s in order if s.lines))


def cited(result: Page, most: int | None = None) -> tuple[Cite, ...]:
    """Give what the page rests on, in order of first use; at most the first `most` citations of each line."""
    return tuple(dict.fromkeys(c for s in result.sections for line in s.lines for c in line.cites[:most]))


def emergency_number(book: Book, country: str | None) -> Statement:
    """Say which number to call; where the country is not known, say so rather than assume one."""
    words = book.words
    cites = tuple(Cite("source", s) for s in words.emergency_sources)
    known = next((n for n in words.emergency_numbers if country and country.upper() in n.countries), None)
    if known is None or country is None:
        return Statement(words.emergency_number_unknown, "words/emergency_number_unknown", cites)
    text = words.phrases["number_known"].format(country=country_in_a_sentence(country.upper()), number=known.number)
    return Statement(f"{text} {known.advice}".strip(), f"words/emergency_numbers/{known.number}", cites)


class _Writer:
    def __init__(self, engine: Engine, result: Assessment, country: str | None) -> None:
        self.engine = engine
        self.words = engine.book.words
        self.result = result
        self.country = country

    def emergency(self) -> Iterator[Section]:
        """An emergency interrupts: nothing that could distract from it comes first or at all."""
        yield self.section("emergency", self._emergency_lines(), "emergency")
        yield self.section("never", self._statements(self.result.never), "urgent")
        yield self.section("confirm", self._statements(c.statement for c in self.result.confirm))
        yield self.section("medicines", self._medicine_lines())
        yield self.section("labs", self._lab_lines())
        yield self.section("causes", self._cause_lines(self._grave_causes(), brief=True))
        yield self.section("tests", self._test_names())
        yield self.section("about", self._about_lines(), "quiet")

    def ordinary(self) -> Iterator[Section]:
        """Urgency first, then what to do, what not, what may be behind it, and what for the doctor."""
        yield self.section("urgency", self._urgency_lines(), "urgent")
        yield self.section("fired", self._fired_lines())
        yield self.section("open", self._open_lines(), "urgent")
        yield self.section("confirm", self._statements(c.statement for c in self.result.confirm))
        yield self.section("never", self._statements(self.result.never), "urgent")
        for horizon in ("now", "tonight", "this_month"):
            yield self.section(horizon, self._offer_lines(horizon))
        yield self.section("ask_first", self._ask_first_lines())
        yield self.section("causes", self._cause_lines(self.result.causes))
        yield self.section("medicines", self._medicine_lines())
        yield self.section("labs", self._lab_lines())
        yield self.section("doctor", self._exam_lines())
        yield self.section("tests", self._test_lines())
        yield self.section("talk", self._talk_lines())
        yield self.section("changes", self._change_lines())
        yield self.section("disagreements", self._statements(self.result.disagreements))
        yield self.section("corrections", self._statements(self.result.corrections))
        yield self.section("safety_net", self._statements(self.result.safety_net))
        yield self.section("about", self._about_lines(), "quiet")

    def section(self, key: str, lines: Iterable[Line], tone: Tone = "plain") -> Section:
        return Section(self.words.headings[key], tuple(lines), tone)

    def _statements(self, statements: Iterable[Statement], indent: int = 0) -> Iterator[Line]:
        for s in statements:
            yield Line(s.text, s.cites, indent)

    def _phrase(self, key: str, indent: int = 0, **values: object) -> Line:
        statement = self.engine.phrase(key)
        return Line(statement.text.format(**values) if values else statement.text, statement.cites, indent)

    def _emergency_lines(self) -> Iterator[Line]:
        level = level_words(self.engine, "emergency_now")
        yield Line(level.text, level.cites, strong=True)
        number = emergency_number(self.engine.book, self.country)
        yield Line(number.text, number.cites)
        for flag in self.result.emergencies:
            yield from self._flag_lines(flag)

    def _flag_lines(self, flag: Flag) -> Iterator[Line]:
        yield Line(flag.title, flag.because.cites, strong=True)
        yield from self._statements([flag.because], 1)
        yield from self._statements(flag.do, 1)
        yield Line(", ".join(f"{r.label}: {r.answer}" for r in flag.reasons), flag.because.cites, 1)

    def _urgency_lines(self) -> Iterator[Line]:
        first, *rest = self.result.urgency.say
        yield Line(first.text, first.cites, strong=True)
        yield from self._statements(rest)
        if not self.result.urgency.settled:
            highest = next(w.title for w in self.words.levels if w.level == self.result.urgency.at_most)
            yield self._phrase("could_be", level=highest)
        for id_ in self.result.urgency.raised_by:
            condition = self.engine.book.conditions[id_]
            said = self.engine.say(f"{self.words.phrases['raised_by']} {condition.name.plain}.", condition)
            yield Line(said.text, said.cites)

    def _fired_lines(self) -> Iterator[Line]:
        for flag in self.result.fired:
            yield from self._flag_lines(flag)

    def _open_lines(self) -> Iterator[Line]:
        if not self.result.open:
            return
        yield self._phrase("more_flags", n=len(self.result.open))
        cites = self.engine.phrase("not_finished").cites
        for ask in self.result.next_questions[:_SHOWN_QUESTIONS]:
            yield Line(ask.ask, cites, 1)
        total = len({a.finding for f in self.result.open for a in f.open_questions})
        if total > _SHOWN_QUESTIONS:
            yield self._phrase("more_questions", n=total - _SHOWN_QUESTIONS)

    def _offer_lines(self, horizon: str) -> Iterator[Line]:
        stretches = [o for o in self.result.stretches if "cramp" in o.horizon] if horizon == "now" else []
        for offer in (*stretches, *(o for o in self.result.plan if o.horizon == horizon)):
            if offer.status in ("offered", "information"):
                yield from self._offer(offer)

    def _talk_lines(self) -> Iterator[Line]:
        """Information on what a clinician may decide on; never a proposal."""
        lines = list(self._offer_lines("talk"))
        if lines:
            yield self._phrase("information_only")
        yield from lines

    def _offer(self, offer: Offer) -> Iterator[Line]:
        yield Line(offer.title, offer.say[0].cites, strong=True)
        yield from self._statements(offer.say, 1)
        if offer.works:
            yield from self._statements([offer.works], 1)
        yield from self._statements(offer.cautions, 1)
        if offer.not_examined:
            names = ", ".join(self.engine.book.findings[f].short.lower() for f in offer.not_examined)
            yield self._phrase("not_checked", 1, names=names)

    def _ask_first_lines(self) -> Iterator[Line]:
        """Offers that wait for an answer, the question first."""
        cites = self.engine.phrase("ask_first").cites
        for question, titles in waiting(self.result)[:_SHOWN_QUESTIONS]:
            yield Line(f"{question.ask} ({listed(self.words, titles)})", cites)

    def _cause_lines(self, causes: Iterable[Cause], brief: bool = False) -> Iterator[Line]:
        for cause in causes:
            wording = self.words.phrases[cause.wording]
            yield Line(
                f"{cause.name}: {wording}, {share(self.words, cause)} ({self.words.phrases['estimate']})",
                cause.what.cites,
                strong=True,
            )
            if cause.apart_from:
                names = listed(self.words, [self.engine.book.conditions[c].name.plain for c in cause.apart_from])
                yield self._phrase("not_apart", 1, names=names)
            if cause.wording in ("unlikely", "must_not_miss") or brief:
                continue
            yield from self._statements([cause.what, cause.next], 1)
            if cause.together:
                other = self.engine.book.conditions[cause.together]
                yield Line(f"{self.words.phrases['together']} {other.name.plain}", self.engine.cites(other), 1)
            for key, items in (("for_it", cause.for_), ("against_it", cause.against)):
                if items:
                    yield self._phrase(key, 1)
                    yield from self._statements((i.statement for i in items), 2)
            own = [a for a in cause.not_known if a.answered_by == "patient"][:SHOWN_ASKS]
            if own:
                yield self._phrase("not_known", 1)
                for ask in own:
                    yield Line(ask.ask, cause.what.cites, 2)

    def _grave_causes(self) -> list[Cause]:
        """Dangerous conditions that are at least possible; an emergency page names no others."""
        grave = [c for c in self.result.causes if rank(c.urgency) >= rank("same_day")]
        return [c for c in grave if c.wording in ("likely", "possible")]

    def _medicine_lines(self) -> Iterator[Line]:
        for medicine in self.result.medicines:
            known = f" ({', '.join(medicine.ingredients)})" if len(medicine.ingredients) == 1 else ""
            yield Line(
                f"{medicine.said}{known}", medicine.statements[0].cites if medicine.statements else (), strong=True
            )
            yield from self._statements(medicine.statements, 1)
            if medicine.suggestion:
                yield Line(medicine.suggestion, self.engine.phrase("not_recognised").cites, 1)
        yield from self._statements(self.result.combinations)

    def _lab_lines(self) -> Iterator[Line]:
        for lab in self.result.labs:
            yield Line(lab_text(self.words, lab), self._lab_cites(lab), strong=True)
            test = self.engine.book.tests.get(lab.test)
            if test:
                yield from self._statements([self.engine.say(test.plain_why, test)], 1)
            for meaning in lab.meaning:
                yield Line(f"{self.words.phrases['for_doctor']} {meaning.text}", meaning.cites, 1)

    def _lab_cites(self, lab: LabReading) -> tuple[Cite, ...]:
        test = self.engine.book.tests.get(lab.test)
        return self.engine.cites(test) if test else self.engine.phrase("test_not_recognised").cites

    def _exam_lines(self) -> Iterator[Line]:
        for step in self.result.examination:
            yield Line(f"{step.why.text} {step.how.text}", step.why.cites)

    def _test_lines(self) -> Iterator[Line]:
        if self.result.no_tests:
            yield from self._statements([self.result.no_tests])
        for test in self.result.tests:
            yield Line(test.name, test.why.cites, strong=True)
            yield Line(f"{test.why.text} {test.how.text}", test.why.cites, 1)
            because = ", ".join(f"{r.label.lower()}: {r.answer}" for r in test.because)
            yield Line(f"({because})", test.why.cites, 1)

    def _test_names(self) -> Iterator[Line]:
        if self.result.tests:
            cites = dict.fromkeys(c for t in self.result.tests for c in t.why.cites)
            yield Line(", ".join(t.name for t in self.result.tests) + ".", tuple(cites))

    def _change_lines(self) -> Iterator[Line]:
        kinds = {"raises_urgency": "raises", "lowers_urgency": "lowers", "swaps_first_cause": "swaps"}
        per_kind = _SHOWN_CHANGES // len(kinds)
        for kind, key in kinds.items():
            for change in [c for c in self.result.changes if c.kind == kind][:per_kind]:
                answers = f" {self.words.phrases['and']} ".join(a.answer for a in change.answers)
                phrase = key if len(change.answers) == 1 else f"{key}_both"
                yield self._phrase(phrase, answer=answers, to=change_target(self.engine, change))
                for other in change.answers:
                    yield Line(other.ask, self.engine.phrase(key).cites, 1)

    def _about_lines(self) -> Iterator[Line]:
        yield from self._statements(self.result.notices)
        aside = sorted({f for r in self.result.ruled_out for f in r.not_examined})
        if aside:
            names = [self.engine.book.findings[f].clinical for f in aside]
            yield Line(f"{', '.join(names)}.", self.engine.phrase("not_examined").cites, 1)
        yield self._phrase("about")
        text = f"Book {self.result.book_version} ({self.result.book_digest[:12]}), {self.result.date.isoformat()}."
        yield Line(text, self.engine.phrase("about").cites)
