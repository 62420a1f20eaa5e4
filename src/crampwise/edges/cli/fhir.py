"""`crampwise fhir`: forms, answers and results as FHIR resources."""

import click

from crampwise.edges.cli.fhir_assess import assess
from crampwise.edges.cli.fhir_forms import answers, questionnaire
from crampwise.edges.cli.fhir_import import connect_command, import_command
from crampwise.edges.cli.fhir_serve import serve


@click.group(short_help="Exchange forms, answers and results as FHIR.")
def fhir() -> None:
    """Exchange forms, answers and results with other systems as FHIR R4."""


for command in (questionnaire, answers, assess, import_command, connect_command, serve):
    fhir.add_command(command)
