"""The `crampwise` command: every sub-command, and one place where errors become messages and exit codes."""

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

import click

from crampwise import __version__
from crampwise.logic.errors import CrampwiseError, Exit

_SHOWN_PROBLEMS = 100
_GARBAGE = 100_000, 20, 20
"""Thresholds of the garbage collector: a loaded book is large and none of it is garbage, so it looks more rarely."""
_COMMANDS = {
    "check": ("crampwise.edges.cli.check", "Answer questions about your cramps, step by step."),
    "assess": ("crampwise.edges.cli.assess", "Assess the answers in a file."),
    "relieve": ("crampwise.edges.cli.relieve", "Do a guided stretch for a cramp, now."),
    "diary": ("crampwise.edges.cli.diary", "Write down your cramps and see what goes with them."),
    "trial": ("crampwise.edges.cli.trial", "Find out whether something helps you."),
    "serve": ("crampwise.edges.web.command", "Start the web app on this machine."),
    "cds": ("crampwise.edges.cds_hooks.command", "Serve cards to the systems that clinicians work in."),
    "cql": ("crampwise.edges.cql.command", "Export the rules for other people's engines."),
    "screen": ("crampwise.edges.cli.screen", "Screen a whole population."),
    "evaluate": ("crampwise.edges.cli.evaluate", "Hold assessments against a folder of cases."),
    "prove": ("crampwise.edges.cli.prove", "Prove the safety properties of the book."),
    "fhir": ("crampwise.edges.cli.fhir", "Exchange forms, answers and results as FHIR."),
    "book": ("crampwise.edges.cli.book", "Look into the clinical content and its evidence."),
}


class _Lazy(click.Group):
    """Imports a command only when it is used, so that each starts fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command = getattr(import_module(_COMMANDS[cmd_name][0]), cmd_name)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80})
@click.version_option(__version__, prog_name="crampwise")
def cli() -> None:
    """Muscle cramps: what to do now, is it dangerous, why, and what to tell the doctor.

    Information, not a diagnosis. In an emergency call your local emergency
    number first.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; never shows a traceback for what a user can mend."""
    gc.set_threshold(*_GARBAGE)
    try:
        code = cli.main(arguments, prog_name="crampwise", standalone_mode=False)
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("\nStopped.", err=True)
        code = Exit.INTERRUPTED
    except CrampwiseError as error:
        count = len(error.problems)
        for problem in error.problems[:_SHOWN_PROBLEMS]:
            click.echo(str(problem), err=True)
        if count > _SHOWN_PROBLEMS:
            click.echo(f"... and {count - _SHOWN_PROBLEMS} more.", err=True)
        click.echo(f"{count} problem{'s' if count != 1 else ''}. Nothing was done.", err=True)
        code = error.code
    except BrokenPipeError:
        sys.stderr.close()
        code = Exit.OK
    except OSError as error:
        click.echo(f"{error.filename or 'The output'}: {error.strerror or 'cannot be used'}.", err=True)
        code = Exit.NO_FILE
    with suppress(OSError):
        sys.stdout.flush()
        sys.exit(int(code or 0))
    os._exit(int(Exit.NO_FILE))
