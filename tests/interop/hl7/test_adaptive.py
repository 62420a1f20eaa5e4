"""Every step of an adaptive interview passes HL7's validator with the SDC profiles; so does what the endpoint says."""

from datetime import UTC, datetime

import pytest

from crampwise.assess.engine import engine_of
from crampwise.book.compile import open_book
from crampwise.fhir.adaptive import adaptive_form, next_question, start
from crampwise.fhir.capability import capability
from crampwise.fhir.names import ADAPTIVE_RESPONSE_PROFILE, QUESTIONNAIRE_PROFILE
from tests.support.forms import CASES, answered, case, typed
from tests.support.interop import Validator

ENGINE = engine_of(open_book())
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize("stem", ["C003", "C045"])
def test_every_step_is_valid(hl7: Validator, stem: str) -> None:
    (path,) = [p for p in CASES if p.stem == stem]
    person = typed(case(ENGINE.book, path))
    reply = next_question(ENGINE, start(ENGINE), NOW)
    for _ in range(120):
        assert hl7.errors(reply, ADAPTIVE_RESPONSE_PROFILE) == []
        if reply["status"] == "completed":
            return
        reply = next_question(ENGINE, answered(ENGINE, reply, person), NOW)
    pytest.fail("the interview does not end")


def test_the_form_it_starts_from_and_the_statement_are_valid(hl7: Validator) -> None:
    assert hl7.errors(adaptive_form(ENGINE), QUESTIONNAIRE_PROFILE) == []
    assert hl7.errors(capability(ENGINE, "0.1.0")) == []
