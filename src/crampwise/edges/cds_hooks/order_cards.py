"""Cards for medicines that are being ordered: cramps they can cause, combinations, and tests that are missing."""

from collections.abc import Iterator

from crampwise.assess.medicines import Recognised, describe
from crampwise.book.schema.common import Entry
from crampwise.book.schema.hooks import CdsService
from crampwise.book.schema.medicines import Medicine
from crampwise.book.schema.workup import Test
from crampwise.edges.cds_hooks.cards import Card, Maker, plainly
from crampwise.edges.cds_hooks.chart import Chart
from crampwise.edges.cds_hooks.request import HookCall
from crampwise.interpret.person import evaluate
from crampwise.interpret.world import close
from crampwise.logic.answers import Answers
from crampwise.logic.errors import InputError
from crampwise.logic.truth import Truth
from crampwise.records.fhir import Resource, bare_reference, codes_in, maps_in, named, reference_of
from crampwise.records.products import Product, product


def order_cards(maker: Maker, service: CdsService, chart: Chart, call: HookCall) -> list[Card]:
    """Give the cards for the medicines among the orders that count."""
    try:
        complains = evaluate(service.complaint, chart.known.closed) is Truth.TRUE
    except InputError:
        said = maker.text("card_contradiction")
        return [maker.card("contradiction", said, [said], "warning", (), ())]
    ordered = [_recognised(maker, d, call) for d in call.drafts if _counts(d, call)]
    cards: list[Card] = []
    for found in ordered:
        for medicine in _medicines(maker, found):
            cards += _medicine_cards(maker, chart, call, medicine, complains)
    cards += _combination_cards(maker, chart, ordered)
    return list({card.about: card for card in reversed(cards)}.values())[::-1]


def _counts(draft: Resource, call: HookCall) -> bool:
    picked = call.selected is None or reference_of(draft) in call.selected
    return draft.get("resourceType") == "MedicationRequest" and picked


def _recognised(maker: Maker, draft: Resource, call: HookCall) -> Product:
    concept = draft.get("medicationCodeableConcept")
    reference = bare_reference(draft.get("medicationReference"))
    if concept is None and reference:
        inside = {f"#{c.get('id')}": c for c in maps_in(draft, "contained")}
        beside = {reference_of(d): d for d in call.drafts}
        concept = (inside | beside).get(reference, {}).get("code")
    return product(maker.engine.book, tuple(codes_in(concept)), named(concept))


def _medicines(maker: Maker, found: Product) -> list[Medicine]:
    return [m for m in maker.engine.book.medicines.values() if m.ingredient in found.ingredients]


def _medicine_cards(maker: Maker, chart: Chart, call: HookCall, medicine: Medicine, complains: bool) -> Iterator[Card]:
    """One card for a medicine that can cause what the patient has, or whose tests are missing."""
    book = maker.engine.book
    causes = complains and describe(maker.engine, Recognised(medicine.ingredient, (medicine.ingredient,))).may_cause
    missing, days = _unmonitored(maker, chart, call, medicine)
    if not causes and not missing:
        return
    name = medicine.ingredient.capitalize()
    advice = book.monitoring[medicine.monitoring] if medicine.monitoring else None
    detail, sources = [], list[Entry]()
    if causes:
        link = book.drug_classes[medicine.drug_class]
        detail += [f"{plainly(maker.text('card_causes_cramps', medicine=name))} {plainly(link.link)}"]
        detail += [plainly(maker.text("card_keep"))]
        sources.append(medicine)
    if advice:
        detail.append(plainly(advice.advice))
        sources.append(advice)
    detail += [f"- {plainly(maker.text('card_no_result', test=t.name, days=days))}" for t in missing]
    names = ", ".join(t.name.lower() for t in missing)
    summary = (
        maker.text("card_causes_cramps", medicine=name)
        if causes
        else maker.text("card_monitoring", medicine=name, tests=names)
    )
    yield maker.card(f"medicine:{medicine.id}", summary, detail, "warning" if causes else "info", sources, missing)


def _unmonitored(maker: Maker, chart: Chart, call: HookCall, medicine: Medicine) -> tuple[list[Test], int]:
    """Tests whose interval is over and that nobody is ordering, and the interval in days."""
    advice = maker.engine.book.monitoring.get(medicine.monitoring or "")
    if advice is None or advice.days is None:
        return [], 0
    ordered = {
        c.code for d in call.drafts if d.get("resourceType") == "ServiceRequest" for c in codes_in(d.get("code"))
    }
    found = []
    for test in (maker.engine.book.tests[t] for t in advice.tests):
        ago = chart.days_since(test)
        if (ago is None or ago > advice.days) and not ordered.intersection(x.code for x in test.loinc):
            found.append(test)
    return found, advice.days


def _combination_cards(maker: Maker, chart: Chart, ordered: list[Product]) -> Iterator[Card]:
    """One card for each combination that the orders would bring about."""
    world, given = maker.engine.world, chart.known.given
    after = close(world, given.with_values({f: True for p in ordered for f in p.findings}))
    before = close(world, Answers(given.values))
    for combination in maker.engine.book.combinations.values():
        if evaluate(combination.when, after) is not Truth.TRUE or evaluate(combination.when, before) is Truth.TRUE:
            continue
        summary = maker.text("card_combination", together=combination.together)
        told = (combination.together, combination.risk, combination.prescriber_action)
        detail = [plainly(" ".join(f"{t[:1].upper()}{t[1:].rstrip('.')}." for t in told))]
        detail.append(plainly(maker.text("card_keep")))
        yield maker.card(f"combination:{combination.id}", summary, detail, "warning", [combination], ())
