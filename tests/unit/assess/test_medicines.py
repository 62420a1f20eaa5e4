"""Medicine names as people type them."""

import pytest

from crampwise.assess.medicines import names_of, recognise
from tests.support.people import person, shipped

BOOK = shipped()
STATINS = {m.ingredient for m in BOOK.medicines.values() if m.drug_class == "statin"}
WITH_ATC = [m.id for m in BOOK.medicines.values() if len(m.atc) == 7]
DOSES = (" 10 mg", " 20mg", " 5 mg tablets once daily", " 100 mcg twice daily", " 2.5 mg at night")


@pytest.mark.parametrize(
    ("said", "ingredients"),
    [
        ("atorvastatin", {"atorvastatin"}),
        ("ATORVASTATIN ", {"atorvastatin"}),
        ("Lipitor", {"atorvastatin"}),
        ("lipitor 20", {"atorvastatin"}),
        ("Lasix 40mg tablets", {"furosemide"}),
        ("frusemide", {"furosemide"}),
        ("Ventolin inhaler", {"albuterol"}),
        ("Zestoretic", {"lisinopril", "hydrochlorothiazide"}),
        ("Zestoretic 20/12.5 mg once daily", {"lisinopril", "hydrochlorothiazide"}),
        ("lisinopril/hydrochlorothiazide 20/12.5 mg", {"lisinopril", "hydrochlorothiazide"}),
        ("lisinopril and hydrochlorothiazide", {"lisinopril", "hydrochlorothiazide"}),
        ("lisinopril 10 mg + simvastatin 20 mg at night", {"lisinopril", "simvastatin"}),
        ("50mg sertraline", {"sertraline"}),
        ("C10AA05", {"atorvastatin"}),
        ("c10aa05", {"atorvastatin"}),
        ("RxNorm: 83367", {"atorvastatin"}),
        ("rxcui 83367", {"atorvastatin"}),
    ],
)
def test_a_name_is_recognised(said: str, ingredients: set[str]) -> None:
    found = recognise(BOOK, said)
    assert set(found.ingredients) == ingredients
    assert found.said == said
    assert found.suggestion is None


@pytest.mark.parametrize(
    ("said", "international"),
    [("salbutamol", "albuterol"), ("frusemide", "furosemide"), ("paracetamol", "acetaminophen")],
)
def test_both_names_of_one_medicine_lead_to_the_same_card(said: str, international: str) -> None:
    assert recognise(BOOK, said).ingredients == recognise(BOOK, international).ingredients
    if said != "paracetamol":
        assert recognise(BOOK, said).ingredients


@pytest.mark.parametrize("said", ["statin", "statins", "Statin", "C10AA"])
def test_a_class_gives_all_its_members_and_what_they_share(said: str) -> None:
    found = recognise(BOOK, said)
    assert found.ingredients == ()
    assert set(found.members) == STATINS
    assert found.findings == ("taking_statin",)


def test_what_only_some_members_of_a_group_do_is_not_assumed() -> None:
    inhalers = recognise(BOOK, "R03AC")
    assert {"salmeterol", "albuterol"} <= set(inhalers.members)
    assert "taking_laba" not in recognise(BOOK, "albuterol").findings
    assert set(recognise(BOOK, "C03CA").findings) >= {"taking_loop_diuretic"}


def test_a_class_code_without_a_card_still_sets_its_finding() -> None:
    assert recognise(BOOK, "J01FA10").findings == ("taking_macrolide",)


@pytest.mark.parametrize("id_", WITH_ATC)
def test_a_code_says_no_more_than_the_name(id_: str) -> None:
    """The code of levothyroxine must not say that it was missed, nor that of haloperidol that it was just started."""
    medicine = BOOK.medicines[id_]
    by_name = recognise(BOOK, medicine.ingredient).findings
    implied = {f for said in by_name for f in BOOK.findings[said].implies}
    assert set(recognise(BOOK, medicine.atc).findings) <= {*by_name, *implied}


def test_a_class_code_never_answers_what_has_to_be_asked() -> None:
    cards = BOOK.medicines.values()
    asked = {f for m in cards for f in m.asks} - {f for m in cards for f in m.sets}
    for code in ("A02BC", "A06AB", "N05A", "H03AA", "A10BA", "L01XA", "M01AE"):
        assert not asked & set(recognise(BOOK, code).findings), code


@pytest.mark.parametrize("dose", DOSES)
def test_every_name_in_the_book_is_recognised_with_a_dose(dose: str) -> None:
    known = names_of(BOOK).ingredients
    missed = [name for name, wanted in known.items() if set(recognise(BOOK, name + dose).ingredients) != set(wanted)]
    assert not missed


def test_every_name_and_class_in_the_book_is_recognised_as_it_is() -> None:
    names = names_of(BOOK)
    assert [n for n, wanted in names.ingredients.items() if recognise(BOOK, n.title()).ingredients != wanted] == []
    assert [n for n, wanted in names.classes.items() if recognise(BOOK, n).members != wanted] == []


@pytest.mark.parametrize("id_", [m.id for m in BOOK.medicines.values() if m.rxnorm])
def test_every_rxnorm_code_leads_to_its_medicine(id_: str) -> None:
    medicine = BOOK.medicines[id_]
    found = recognise(BOOK, f"rxcui {medicine.rxnorm}")
    assert medicine.ingredient in (*found.ingredients, *found.members)


@pytest.mark.parametrize(
    ("said", "near"), [("lipitr", "lipitor"), ("atorvastatn", "atorvastatin"), ("frusemid", "frusemide")]
)
def test_a_near_miss_is_only_suggested(said: str, near: str) -> None:
    found = recognise(BOOK, said)
    assert found.ingredients == found.members == found.findings == ()
    assert found.suggestion is not None
    assert near in found.suggestion


@pytest.mark.parametrize(
    "said", ["xyzzy", "wonder drops 10 mg", "lisinopril + xyzzy", "C99ZZ99", "rxcui 1", "💊", "'; drop table"]
)
def test_what_is_not_known_is_never_dropped_and_never_guessed(said: str) -> None:
    result = person(BOOK, f"medicines: ['{said.replace(chr(39), chr(39) * 2)}']")
    (found,) = result.medicines
    assert found.said == said
    assert found.ingredients == ()
    assert not found.may_cause
    assert [s.about for s in found.statements] == ["words/not_recognised"]


def test_every_name_is_kept_in_order() -> None:
    said = ["Lipitor", "xyzzy", "statin", "Zestoretic"]
    assert [m.said for m in person(BOOK, f"medicines: {said}").medicines] == said


def test_a_recognised_medicine_answers_findings() -> None:
    result = person(BOOK, "medicines: [Zestoretic 20/12.5 mg]")
    (found,) = result.medicines
    assert found.may_cause
    assert all(s.cites for s in found.statements)
    assert any("Do not stop" in s.text for s in found.statements)
    thiazide = person(BOOK, "answers: {taking_thiazide: yes, taking_ace_inhibitor_or_arb: yes}")
    assert {f.id for f in result.fired} == {f.id for f in thiazide.fired}
    assert [c.probability for c in result.causes] == [c.probability for c in thiazide.causes]


def test_a_medicine_that_people_only_ask_about_is_not_called_a_cause() -> None:
    asked_about = next(m for m in BOOK.medicines.values() if m.evidence == "asked_about")
    (found,) = person(BOOK, f"medicines: [{asked_about.ingredient}]").medicines
    assert found.ingredients == (asked_about.ingredient,)
    assert not found.may_cause
    assert all(s.text != BOOK.words.default_medicine for s in found.statements)
