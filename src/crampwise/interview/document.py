"""Answers in the form of an answers file."""

from crampwise.assess.engine import Engine
from crampwise.interview.state import State
from crampwise.logic.findings import Number


def answers_document(engine: Engine, state: State) -> dict[str, object]:
    """Give the answers so far in the form of an answers file."""
    intake = state.intake(engine)
    said: dict[str, object] = {}
    for id_, value in intake.answers.values.items():
        finding = engine.book.catalogue[id_]
        if isinstance(value, bool):
            said[id_] = value
        else:
            said[id_] = f"{value} {finding.unit}" if isinstance(finding, Number) else str(value)
    said |= dict.fromkeys(sorted(intake.answers.not_sure), "not_sure")
    document: dict[str, object] = {"answers": said}
    if state.medicines:
        document["medicines"] = list(state.medicines)
    if state.results:
        document["labs"] = [{"test": r.test, "value": str(r.value), "unit": r.unit} for r in state.results]
    return document
