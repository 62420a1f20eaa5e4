"""`crampwise fhir`: forms, answers and results as FHIR resources."""

import click

from crampwise.edges.cli.fhir_forms import questionnaire


@click.group(short_help="Exchange forms, answers and results as FHIR.")
def fhir() -> None:
    """Exchange forms, answers and results with other systems as FHIR R4."""


fhir.add_command(questionnaire)
