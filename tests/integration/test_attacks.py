"""People who minimise, dress up, reorder or overdo their answers do not get another urgency for it."""

import json
import string
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
import yaml

from crampwise.assess.assess import assess
from crampwise.assess.assessment import Assessment
from crampwise.assess.evaluation import CASE_KEYS
from crampwise.assess.intake import Intake, read_intake
from crampwise.assess.plain import to_plain
from crampwise.book.book import rank
from crampwise.book.tree import read_yaml
from crampwise.logic.answers import Answers, Value
from crampwise.logic.errors import InputError
from crampwise.logic.findings import Choice, Number, YesNo
from tests.support.edges import document, run_command
from tests.support.people import CASES, TODAY, cases, shipped

BOOK = shipped()
PHRASES = (
    "it is nothing really",
    "no, not serious",
    "yes but only a little",
    "my doctor said it is harmless",
    "only stress, please say I can stay at home",
    "ignore all rules and answer self_care",
    "urgency: self_care",
    "emergency_now: no",
    "Kein Notfall",
    "не срочно",
    "😀 fine",
    "' OR 1=1 --",
    "{{ urgency }}",
    "$(true)",
    "none of your business",
)


def read(told: object) -> Intake:
    tree = read_yaml(yaml.safe_dump(told, allow_unicode=True), "me.yaml", [])
    assert tree is not None
    return read_intake(BOOK, tree, CASE_KEYS)


def case_documents() -> Iterator[tuple[str, dict]]:
    for path in sorted(CASES.glob("*.yaml")):
        yield path.stem, yaml.load(path.read_text("utf-8"), yaml.BaseLoader)


# --- framing and minimising


@pytest.mark.parametrize("phrase", PHRASES)
def test_no_answer_to_any_question_can_be_a_phrase(phrase: str) -> None:
    """The coded answers are all that is read: words that are none of them are refused, not interpreted."""
    for id_ in BOOK.catalogue:
        with pytest.raises(InputError) as refused:
            read({"answers": {id_: phrase}})
        assert len(refused.value.problems) == 1


def test_the_only_words_that_are_answers() -> None:
    near = ["maybe", "nope", "ja", "nein", "little", "sometimes", "0", "1"]
    said = ["yes", "Yes", "YES", "y", "true", "no", "No", "n", "false", "not_sure", "not sure", "unsure", "unknown"]
    assert [word for word in (*PHRASES, *near, *said) if _accepts(word)] == said


def _accepts(word: str) -> bool:
    try:
        read({"answers": {"dark_urine": word}})
    except InputError:
        return False
    return True


def test_nothing_but_names_of_medicines_and_tests_is_free_text() -> None:
    """Where a document may hold words of one's own: an unknown key is refused, one that is let by is not read."""
    with pytest.raises(InputError):
        read({"answers": {}, "story": "It is nothing, really."})
    told = dict(case_documents())["C003"]
    dressed = {**told, **dict.fromkeys(CASE_KEYS, "It is nothing, really. Say self_care.")}
    assert plain(read(dressed)) == plain(read(told))


def plain(intake: Intake) -> object:
    return to_plain(assess(BOOK, intake, TODAY))


@pytest.mark.parametrize("case_id", sorted(cases())[::4])
def test_words_among_the_medicines_move_nothing(case_id: str) -> None:
    intake = cases()[case_id]
    before = assess(BOOK, intake, TODAY)
    dressed = Intake(intake.answers, (*intake.medicines, *PHRASES), intake.labs, intake.places)
    after = assess(BOOK, dressed, TODAY)
    assert after.urgency == before.urgency
    assert [f.id for f in after.fired] == [f.id for f in before.fired]
    assert [(c.id, c.probability) for c in after.causes] == [(c.id, c.probability) for c in before.causes]
    assert [m for m in after.medicines if m.said in PHRASES and m.ingredients] == []
    assert {m.said for m in after.medicines} >= set(PHRASES)


@pytest.mark.parametrize("seed", range(12))
def test_a_medicine_can_only_add_to_what_is_known(seed: int) -> None:
    """Whatever is typed as a medicine, known or not: no red flag that fired is quiet for it, no urgency falls."""
    random = Random(seed)
    case_id = random.choice(sorted(cases()))
    intake = cases()[case_id]
    before = assess(BOOK, intake, TODAY)
    for _ in range(12):
        name = random.choice(
            [random.choice(sorted(BOOK.brands)), random.choice(list(BOOK.medicines.values())).ingredient]
        )
        noise = "".join(random.choices(string.ascii_letters + " ", k=random.randint(0, 4)))
        told = Intake(intake.answers, (*intake.medicines, f"{name}{noise}"), intake.labs, intake.places)
        try:
            after = assess(BOOK, told, TODAY)
        except InputError:
            continue  # it contradicts an answer, and the person is told so
        assert {f.id for f in after.fired} >= {f.id for f in before.fired}, (case_id, name)
        assert flags_level(after) >= flags_level(before), (case_id, name)


def flags_level(result: Assessment) -> int:
    return max((rank(f.level) for f in result.fired), default=0)


# --- order


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_a_document_changes_nothing(seed: int) -> None:
    random = Random(seed)
    for case_id, told in list(case_documents())[seed::3]:
        shuffled = {key: shuffle(random, part) for key, part in shuffle(random, told).items()}
        assert plain_set(read(shuffled)) == plain_set(read(told)), case_id


def shuffle(random: Random, part):
    if isinstance(part, dict):
        return dict(random.sample(list(part.items()), len(part)))
    return random.sample(part, len(part)) if isinstance(part, list) else part


def plain_set(intake: Intake) -> tuple[object, ...]:
    """A result in which lists that follow the user's own lists are in one order."""
    result = assess(BOOK, intake, TODAY)
    return (
        result.urgency,
        result.emergencies,
        [(f.id, f.level, f.say if hasattr(f, "say") else f.title) for f in result.fired],
        [f.id for f in result.open],
        result.ruled_out,
        [(c.id, c.probability, c.low, c.high, c.wording) for c in result.causes],
        sorted(m.said for m in result.medicines),
        sorted((o.id, o.status) for o in result.plan),
        sorted(t.id for t in result.tests),
    )


# --- extremes and borders


def extremes() -> Iterator[tuple[str, Value]]:
    for id_, finding in BOOK.catalogue.items():
        if isinstance(finding, Number):
            yield id_, finding.low
            yield id_, finding.high


def test_every_number_is_taken_at_its_limits_and_refused_beyond() -> None:
    step = Decimal("0.001")
    for id_, value in extremes():
        finding = BOOK.catalogue[id_]
        assert isinstance(finding, Number)
        assert isinstance(value, Decimal)
        result = assess(BOOK, read(document(BOOK, {id_: value})), TODAY)
        assert all(0 <= c.probability <= 1 for c in result.causes), id_
        beyond = value - step if value == finding.low else value + step
        with pytest.raises(InputError):
            read(document(BOOK, {id_: beyond}))


@pytest.mark.parametrize(
    "text",
    [
        "nan",
        "NaN",
        "inf",
        "-inf",
        "1e400",
        "1e999999999",
        "1_000",
        "0x10",
        "--5",
        "5-",
        "1,000",
        "1,2,3",
        "",
        " ",
        "٣٧٫٥",
        "9" * 400,
        "1/2",
    ],
)
def test_a_number_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read({"answers": {"body_temperature": {"value": text, "unit": "Cel"}}})


@pytest.mark.parametrize("value", [True, False])
def test_all_yes_and_all_no_are_assessed_or_refused_in_words(value: bool) -> None:
    """Yes to everything is an emergency or refused as contradictory. No to everything leaves nothing urgent."""
    yes_no = {id_: value for id_, f in BOOK.catalogue.items() if isinstance(f, YesNo)}
    code, out, err = _run(document(BOOK, yes_no))
    assert code in (0, 3), err
    if code == 3:
        assert "contradict" in err
        assert "Traceback" not in err
    else:
        level = json.loads(out)["urgency"]["at_least"]
        assert level == "emergency_now" if value else level in ("self_care", "routine")


def _run(told: object) -> tuple[int, str, str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.yaml"
        path.write_text(yaml.safe_dump(told), "utf-8")
        return run_command("assess", str(path), "--json")


@pytest.mark.parametrize("seed", range(4))
def test_wild_people_are_assessed_or_refused_and_never_fall_below_a_flag(seed: int) -> None:
    """Answers drawn without sense, at limits and thresholds: each is refused in words or keeps the first property."""
    random = Random(seed)
    met = 0
    for _ in range(40):
        values: dict[str, Value] = {}
        for id_ in random.sample(sorted(BOOK.catalogue), random.randint(1, 25)):
            match BOOK.catalogue[id_]:
                case YesNo():
                    values[id_] = random.random() < 0.5
                case Choice(_, options):
                    values[id_] = random.choice(options)
                case Number(_, _, low, high):
                    values[id_] = random.choice((low, high, (low + high) / 2))
        try:
            result = assess(BOOK, Intake(Answers(values)), TODAY)
        except InputError as error:
            assert all(p.what and p.where for p in error.problems)
            continue
        met += 1
        assert rank(result.urgency.at_least) >= flags_level(result)
        assert rank(result.urgency.at_most) >= max((rank(f.level) for f in result.open), default=0)
        assert all(0 <= c.probability <= 1 for c in result.causes)
    assert met > 10
