"""The book holds what it promises: claims executed, medicines and brands known, stretches with all their numbers."""

from collections import Counter

from tests.support.people import shipped

BOOK = shipped()


def test_all_535_claims_are_executed_by_entries_that_exist() -> None:
    screen = {i.id for s in BOOK.emergency_screen.screens for i in s.items}
    assert len(BOOK.claims) == 535
    assert [c.id for c in BOOK.claims.values() if not c.executed_by] == []
    known = BOOK.everything.keys() | screen
    assert [(c.id, e) for c in BOOK.claims.values() for e in c.executed_by if e not in known] == []


def test_each_source_document_keeps_its_claims() -> None:
    by_source = Counter(c.source for c in BOOK.claims.values())
    assert len(by_source) == 4
    assert all(c.locator[0] < c.locator[1] for c in BOOK.claims.values())
    assert all(c.text.strip() for c in BOOK.claims.values())


def test_more_than_200_ingredients_and_500_brands() -> None:
    assert len({m.ingredient for m in BOOK.medicines.values()}) >= 200
    assert len(BOOK.brands) >= 500
    assert all(b.ingredients for b in BOOK.brands.values())


def test_two_spellings_of_a_brand_agree() -> None:
    by_name: dict[str, set[tuple[str, ...]]] = {}
    for brand in BOOK.brands.values():
        by_name.setdefault(brand.name.lower(), set()).add(brand.ingredients)
    assert [name for name, meanings in by_name.items() if len(meanings) > 1] == []


def test_a_long_acting_form_holds_what_the_plain_brand_holds() -> None:
    forms = (" xr", " er", " sr", " xl", " la", " cr")
    by_name = {b.name.lower(): set(b.ingredients) for b in BOOK.brands.values()}
    pairs = [(n, n.removesuffix(f)) for n in by_name for f in forms if n.endswith(f) and n.removesuffix(f) in by_name]
    assert [(long, plain) for long, plain in pairs if by_name[long] != by_name[plain]] == []


def test_25_stretches_with_complete_numbers() -> None:
    assert len(BOOK.stretches) == 25
    for s in BOOK.stretches.values():
        assert 1 <= s.hold_s <= 180, s.id
        assert 1 <= s.repeats <= 30, s.id
        assert 0 <= s.rest_s <= 120, s.id
        assert 1 <= s.sets <= 5, s.id
        assert s.when, s.id
        assert s.start, s.id
        assert len(s.steps) >= 2, s.id
        assert s.feel, s.id
        assert s.stop, s.id
        assert s.not_for, s.id


def test_every_muscle_that_cramps_can_be_stretched_or_says_why_not() -> None:
    stretched = {s.muscle for s in BOOK.stretches.values()}
    assert len(stretched) >= 12
    assert stretched <= BOOK.muscles.keys()


def test_every_emergency_has_something_to_do_at_once() -> None:
    urgent = [f for f in BOOK.red_flags.values() if f.level == "emergency_now"]
    assert len(urgent) >= 40
    assert [f.id for f in urgent if not any("ambulance" in d.lower() or "emergency" in d.lower() for d in f.do)] == []
