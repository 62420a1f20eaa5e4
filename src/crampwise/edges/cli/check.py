"""`crampwise check`: the interactive check on a terminal."""

import os
from datetime import date
from pathlib import Path

import click
import platformdirs
import yaml

from crampwise.assess.assess import assess as assess_person
from crampwise.assess.engine import Engine, engine_of
from crampwise.assess.intake import read_intake, read_value
from crampwise.assess.medicines import recognise
from crampwise.assess.page import page
from crampwise.assess.questions import Progress, Question, is_yes_no, next_question, questions_left, record, why
from crampwise.book.schema.findings import FindingEntry
from crampwise.book.tree import Located
from crampwise.edges.cli.assess import country_of_locale, country_option, plain_option
from crampwise.edges.cli.files import book_option, read_document, the_book, write_whole
from crampwise.edges.cli.render import show
from crampwise.logic.answers import Value
from crampwise.logic.errors import Exit, InputError
from crampwise.logic.findings import Choice, Number

_KEYS = "y yes, n no, ? not sure, s skip, b back, w why do you ask, d done for now, q stop and keep the answers"
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
@book_option
def check(plain: bool, country: str | None, resume: str | None, book_folder: Path | None) -> None:
    """Check your cramps: danger signs first, then your story, then the result.

    Every question takes y, n or ? (not sure); s skips, b goes back, w says
    why it is asked, d shows the result with what is known, q stops.
    """
    engine = engine_of(the_book(book_folder))
    session = _Session(engine, plain, country or country_of_locale())
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
    def __init__(self, engine: Engine, plain: bool, country: str | None) -> None:
        self.engine = engine
        self.book = engine.book
        self.plain = plain
        self.country = country
        self.steps: list[Progress] = [Progress()]
        self.heading = ""
        self.warned = False

    @property
    def progress(self) -> Progress:
        return self.steps[-1]

    def run(self) -> None:
        click.echo(self.book.words.phrases["about"])
        click.echo(_KEYS)
        while (question := next_question(self.engine, self.progress)) is not None:
            if self._ask(question) == "done":
                break
            if not self.warned and self._emergency():
                break
        self._result()

    def _ask(self, question: Question) -> str:
        self._head(question)
        while True:
            text = click.prompt(self._prompt(question), prompt_suffix=" ", default="", show_default=False).strip()
            command = _COMMANDS.get(text.lower()) if text.lower() not in _WORDS else None
            if command in ("done", "quit"):
                if command == "quit":
                    raise click.Abort
                return command
            if command == "back":
                del self.steps[max(1, len(self.steps) - 1) :]
                return command
            if command in ("why", "help") or (not text and question.kind != "medicines"):
                self._explain(question, command)
                continue
            if self._take(question, None if command == "skip" else text):
                return "answered"

    def _head(self, question: Question) -> None:
        if question.heading != self.heading:
            self.heading = question.heading
            left = questions_left(self.engine, self.progress)
            click.echo(f"\n{question.heading} ({left} questions left, fewer if nothing comes up)")

    def _prompt(self, question: Question) -> str:
        finding = self.book.catalogue.get(question.key)
        if isinstance(finding, Choice):
            options = "".join(f"\n  {i}  {o.label}" for i, o in enumerate(self._entry(question).options, 1))
            return f"{question.ask}{options}\n[1-{len(finding.options)}/?]"
        if isinstance(finding, Number):
            unit = self.engine.labels.units.get(finding.id, finding.unit)
            return f"{question.ask} [{unit}/?]" if unit else f"{question.ask} [number/?]"
        return question.ask if question.kind == "medicines" else f"{question.ask} [y/n/?]"

    def _entry(self, question: Question) -> FindingEntry:
        return self.book.findings[question.key]

    def _explain(self, question: Question, command: str | None) -> None:
        if command == "why":
            for statement in why(self.engine, question):
                click.echo(f"  {statement.text} [{', '.join(c.id for c in statement.cites[:3])}]")
        else:
            click.echo(f"  {_KEYS}")

    def _take(self, question: Question, text: str | None) -> bool:
        try:
            value = None if text is None else self._value(question, text)
            self.steps.append(record(self.engine, self.progress, question, value))
        except ValueError as error:
            click.echo(f"  {error}")
            return False
        except InputError as error:
            for problem in error.problems:
                click.echo(f"  {problem.what} {problem.remedy}")
            return False
        return True

    def _value(self, question: Question, text: str) -> Value | tuple[str, ...]:
        if question.kind == "medicines":
            return self._medicines(text)
        word = _WORDS.get(text.lower())
        if word == "not_sure" or is_yes_no(self.engine, question):
            if word is None:
                raise ValueError("Please type y, n or ?.")
            return {"yes": True, "no": False}.get(word, word)
        finding = self.book.catalogue[question.key]
        if isinstance(finding, Choice) and text.isdigit() and 1 <= int(text) <= len(finding.options):
            return finding.options[int(text) - 1]
        tree = Located(text, "answer", text)
        value = read_value(self.book, finding, tree)
        return "not_sure" if value is None else value

    def _medicines(self, text: str) -> tuple[str, ...]:
        names = tuple(
            n.strip() for n in text.split(",") if n.strip() and n.strip().lower() not in ("none", "no", "n", "?")
        )
        for name in names:
            found = recognise(self.book, name)
            if not (found.ingredients or found.members):
                click.echo(f"  {name}: {self.book.words.phrases['not_recognised']} {found.suggestion or ''}".rstrip())
        return names

    def _emergency(self) -> bool:
        """Show the emergency page the moment an emergency fires; say whether the person wants to stop there."""
        result = assess_person(self.book, self.progress.intake(self.engine), date.today())
        if not result.emergencies:
            return False
        self.warned = True
        show(self.book, page(self.book, result, self.country), plain=self.plain)
        return not click.confirm("\nGo on with the questions all the same?", default=False)

    def _result(self) -> None:
        result = assess_person(self.book, self.progress.intake(self.engine), date.today())
        click.echo()
        show(self.book, page(self.book, result, self.country), plain=self.plain)
        self.keep(quiet=True)
        click.echo(f"\nYour answers are in {kept_path()}. Delete the file if you do not want to keep them.")

    def keep(self, quiet: bool = False) -> None:
        """Write the answers so far where only this user can read them."""
        path = kept_path()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        old = os.umask(0o077)
        try:
            write_whole(
                path, yaml.safe_dump(_document(self.engine, self.progress), sort_keys=False, allow_unicode=True)
            )
        finally:
            os.umask(old)
        if not quiet:
            click.echo(f"\nStopped. Your answers are kept in {path}.\nGo on with: crampwise check --resume")

    def resume(self, path: Path) -> None:
        """Take up kept answers."""
        intake = read_intake(self.book, read_document(str(path)))
        medicines = intake.medicines or None
        self.steps = [Progress(dict(intake.answers.values), intake.answers.not_sure, {}, medicines)]


def _document(engine: Engine, progress: Progress) -> dict[str, object]:
    """The answers so far in the form of an answers file."""
    intake = progress.intake(engine)
    said: dict[str, object] = {}
    for id_, value in intake.answers.values.items():
        finding = engine.book.catalogue[id_]
        if isinstance(value, bool):
            said[id_] = value
        else:
            said[id_] = f"{value} {finding.unit}" if isinstance(finding, Number) else str(value)
    said |= dict.fromkeys(sorted(intake.answers.not_sure), "not_sure")
    document: dict[str, object] = {"answers": said}
    if progress.medicines:
        document["medicines"] = list(progress.medicines)
    return document
