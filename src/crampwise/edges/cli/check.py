"""`crampwise check`: the interactive check on a terminal."""

import os
from datetime import date
from pathlib import Path

import click
import platformdirs
import yaml

from crampwise.assess.assess import assess as assess_person
from crampwise.assess.assessment import Assessment
from crampwise.assess.engine import Engine, engine_of
from crampwise.assess.intake import Intake, read_intake, read_value
from crampwise.assess.medicines import recognise
from crampwise.assess.page import emergency_number, page
from crampwise.assess.triage import level_words
from crampwise.book.schema.findings import FindingEntry
from crampwise.book.tree import Located
from crampwise.edges.cli.assess import country_of_locale, country_option, plain_option
from crampwise.edges.cli.check_input import examined, names, results, ticked
from crampwise.edges.cli.files import book_option, read_document, the_book, write_whole
from crampwise.edges.cli.render import show
from crampwise.interview.candidates import Step, next_step, why
from crampwise.interview.danger import open_danger
from crampwise.interview.document import answers_document
from crampwise.interview.state import MEDICINES, Mode, Question, Said, Screen, State, is_yes_no, record, unexplained
from crampwise.logic.errors import Exit, InputError
from crampwise.logic.findings import Choice, Number

_KEYS = (
    "y yes, n no, ? not sure, numbers for lines of a list, s skip, b back, w why do you ask, d done for now, "
    "q stop and keep the answers"
)
_WORDS = {
    "y": "yes",
    "yes": "yes",
    "n": "no",
    "no": "no",
    "?": "not_sure",
    "not sure": "not_sure",
    "not_sure": "not_sure",
}
_COMMANDS = {"s": "skip", "skip": "skip", "b": "back", "back": "back", "w": "why", "why": "why",
             "d": "done", "done": "done", "q": "quit", "quit": "quit", "h": "help", "help": "help"}  # fmt: skip


@click.command(short_help="Answer questions about your cramps, step by step.")
@plain_option
@country_option
@click.option("--resume", is_flag=False, flag_value="", default=None, help="Go on from kept answers (or from a FILE).")
@click.option("--clinician", is_flag=True, help="Clinical words; examination and results are asked too.")
@book_option
def check(plain: bool, country: str | None, resume: str | None, clinician: bool, book_folder: Path | None) -> None:
    """Check your cramps: danger signs first, then your story, then the result.

    Every question takes y, n or ? (not sure); a list takes the numbers of the
    lines that are so, or n for none. s skips, b goes back, w says why it is
    asked, d shows the result with what is known, q stops.
    """
    engine = engine_of(the_book(book_folder))
    session = _Session(engine, plain, country or country_of_locale(), "clinician" if clinician else "person")
    if resume is not None:
        session.resume(Path(resume) if resume else kept_path())
    try:
        session.run()
    except (KeyboardInterrupt, EOFError, click.Abort):
        session.keep()
        raise SystemExit(int(Exit.INTERRUPTED)) from None


def kept_path() -> Path:
    """Give the place where answers are kept when a check is stopped."""
    return Path(platformdirs.user_state_dir("crampwise")) / "answers.yaml"


class _Session:
    def __init__(self, engine: Engine, plain: bool, country: str | None, mode: Mode) -> None:
        self.engine = engine
        self.book = engine.book
        self.plain = plain
        self.country = country
        self.mode: Mode = mode
        self.steps: list[State] = [State()]
        self.heading = ""
        self.alarms: set[str] = set()
        self.warned = False

    @property
    def state(self) -> State:
        return self.steps[-1]

    def run(self) -> None:
        click.echo(self.book.words.phrases["about"])
        click.echo(_KEYS)
        while True:
            if self._alarm() and not click.confirm("\nGo on with the questions all the same?", default=False):
                break
            step = next_step(self.engine, self.state, self.mode, past_emergency=bool(self.alarms))
            if step.screen is None:
                self._ended(step)
                break
            if self._ask(step.screen, step.screens_left) == "done":
                break
        self._result()

    def _ended(self, step: Step) -> None:
        """Say why nothing more is asked."""
        phrases = self.book.words.phrases
        click.echo(f"\n{phrases[f'stopped_{step.urgency}']} {phrases['stopped_plan']}")

    def _ask(self, screen: Screen, left: int) -> str:
        """Put the lines of a screen that can be ticked together, or its first question."""
        together = [q for q in screen.questions if is_yes_no(self.engine, q)]
        questions = together if is_yes_no(self.engine, screen.questions[0]) else [screen.questions[0]]
        if screen.heading != self.heading:
            self.heading = screen.heading
            click.echo(f"\n{screen.heading} (about {left} screen{'s' if left != 1 else ''} left)")
        while True:
            text = click.prompt(self._prompt(questions), prompt_suffix=" ", default="", show_default=False).strip()
            command = _COMMANDS.get(text.lower()) if text.lower() not in _WORDS else None
            if command in ("done", "quit"):
                if command == "quit":
                    raise click.Abort
                return command
            if command == "back":
                del self.steps[max(1, len(self.steps) - 1) :]
                self.heading = ""
                return command
            if command in ("why", "help") or not text:
                self._explain(questions, command)
                continue
            if self._take(questions, None if command == "skip" else text):
                return "answered"

    def _prompt(self, questions: list[Question]) -> str:
        if len(questions) > 1:
            lines = "".join(f"  {i}  {self._words(q)}\n" for i, q in enumerate(questions, 1))
            return f"{lines}[1-{len(questions)}/n/?]"
        question = questions[0]
        finding = self.book.catalogue.get(question.key)
        asked = self._words(question)
        if isinstance(finding, Choice):
            options = "".join(f"\n  {i}  {o.label}" for i, o in enumerate(self._entry(question).options, 1))
            return f"{asked}{options}\n[1-{len(finding.options)}/?]"
        if isinstance(finding, Number):
            unit = self.engine.labels.units.get(finding.id, finding.unit)
            return f"{asked} [{unit}/?]" if unit else f"{asked} [number/?]"
        return f"{asked} [y/n/?]" if is_yes_no(self.engine, question) else asked

    def _words(self, question: Question) -> str:
        """The question in lay words, or in clinical ones for a clinician; with the names that are there already."""
        if question.kind == MEDICINES and (named := self._named()):
            return f"{question.ask}\n{self.book.words.phrases['named_already']} {', '.join(named)}"
        if self.mode == "clinician" and question.kind == "finding":
            return f"{self._entry(question).clinical}?"
        return question.ask

    def _entry(self, question: Question) -> FindingEntry:
        return self.book.findings[question.key]

    def _explain(self, questions: list[Question], command: str | None) -> None:
        if command != "why":
            click.echo(f"  {_KEYS}")
            return
        for i, question in enumerate(questions, 1):
            told = why(self.engine, question)
            for statement in told if len(questions) == 1 else told[:1]:
                number = f"{i}  " if len(questions) > 1 else ""
                click.echo(f"  {number}{statement.text} [{', '.join(c.id for c in statement.cites[:3])}]")

    def _take(self, questions: list[Question], text: str | None) -> bool:
        try:
            said = dict.fromkeys(questions) if text is None else self._said(questions, text)
            self.steps.append(record(self.engine, self.state, said))
        except ValueError as error:
            click.echo(f"  {error}")
            return False
        except InputError as error:
            for problem in error.problems:
                click.echo(f"  {problem.what} {problem.remedy}")
            return False
        return True

    def _said(self, questions: list[Question], text: str) -> dict[Question, Said]:
        if len(questions) > 1:
            return dict(zip(questions, ticked(text, len(questions)), strict=True))
        question = questions[0]
        if text.lower() in ("?", "not sure", "not_sure"):
            return {question: "not_sure"}
        match question.kind:
            case "medicines":
                return {question: self._medicines(text)}
            case "results":
                return {question: results(text)}
            case "examination":
                return {question: None, **examined(self.book, text)}
        return {question: self._value(question, text)}

    def _value(self, question: Question, text: str) -> Said:
        word = _WORDS.get(text.lower())
        if is_yes_no(self.engine, question):
            if word is None:
                raise ValueError("Please type y, n or ?.")
            return {"yes": True, "no": False}.get(word, word)
        finding = self.book.catalogue[question.key]
        if isinstance(finding, Choice) and text.isdigit() and 1 <= int(text) <= len(finding.options):
            return finding.options[int(text) - 1]
        value = read_value(self.book, finding, Located(text, "answer", text))
        return "not_sure" if value is None else value

    def _named(self) -> tuple[str, ...]:
        """Medicines from a file or a record of which nobody has said that they are all."""
        return () if MEDICINES in self.state.passed else self.state.medicines or ()

    def _medicines(self, text: str) -> tuple[str, ...]:
        said = tuple(dict.fromkeys((*self._named(), *names(text))))
        for name in said:
            found = recognise(self.book, name)
            if not (found.ingredients or found.members):
                click.echo(f"  {name}: {self.book.words.phrases['not_recognised']} {found.suggestion or ''}".rstrip())
        return said

    def _alarm(self) -> bool:
        """Interrupt the moment an emergency fires that has not been shown yet; say whether one did."""
        intake = self.state.intake(self.engine)
        result = assess_person(self.book, intake, date.today())
        unclear = unexplained(self.engine, self.state)
        if not self.warned and self._danger(intake, result):
            self.warned = True
            self._warn()
        new = ({f.id for f in result.emergencies} | {i.id for i, _ in unclear}) - self.alarms
        if not new:
            return False
        self.alarms |= new
        if result.emergencies:
            show(self.book, page(self.book, result, self.country), plain=self.plain)
        for item, level in unclear:
            if item.id in new:
                click.echo(f"\n{item.ask}\n{self.book.words.phrases['unexplained']}")
                click.echo(level_words(self.engine, level).text)
                if level == "emergency_now":
                    click.echo(emergency_number(self.book, self.country).text)
        return True

    def _danger(self, intake: Intake, result: Assessment) -> bool:
        """Whether a danger sign is open; an emergency itself says more."""
        return not result.emergencies and open_danger(self.engine, self.state, intake, result.open)

    def _warn(self) -> None:
        click.echo(f"\n{self.book.words.phrases['danger_said']} {emergency_number(self.book, self.country).text}")

    def _result(self) -> None:
        intake = self.state.intake(self.engine)
        result = assess_person(self.book, intake, date.today())
        if self._danger(intake, result):
            self._warn()
        click.echo()
        show(self.book, page(self.book, result, self.country), plain=self.plain)
        self.keep(quiet=True)

    def keep(self, quiet: bool = False) -> None:
        """Write the answers so far where only this user can read them."""
        path, document = kept_path(), answers_document(self.engine, self.state)
        if not document["answers"] and not quiet:
            click.echo("\nStopped. Nothing was answered.")
            return
        old = os.umask(0o077)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(path, yaml.safe_dump(document, sort_keys=False, allow_unicode=True))
        except OSError as error:
            click.echo(f"\nYour answers could not be kept: {path}: {error.strerror}.", err=True)
            return
        finally:
            os.umask(old)
        if quiet:
            click.echo(f"\nYour answers are in {path}. Delete the file if you do not want to keep them.")
        else:
            click.echo(f"\nStopped. Your answers are kept in {path}.\nGo on with: crampwise check --resume")

    def resume(self, path: Path) -> None:
        """Take up kept answers. Only what this check asked for before was a whole list of medicines."""
        intake = read_intake(self.book, read_document(str(path)))
        medicines = intake.medicines or None
        results = intake.labs or None
        asked = frozenset({MEDICINES}) if medicines and path == kept_path() else frozenset()
        self.steps = [State(dict(intake.answers.values), intake.answers.not_sure, {}, medicines, results, asked)]
