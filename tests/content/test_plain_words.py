"""What patients read: short sentences, easy words, and nothing that could do harm."""

import re

import pytest

from tests.support.patient_texts import texts
from tests.support.people import shipped
from tests.support.readability import grade, longest, names, sentences, syllables, words

BOOK = shipped()
SHOWN = list(texts(BOOK))
MOST_WORDS, GRADE, EMERGENCY_GRADE, FRAGMENT = 20, 6.0, 5.0, 5

MEDICINE = (
    r"medicines?|tablets?|pills?|doses?|insulin|statins?|steroids?|inhalers?|injections?|patches|blood thinners?|drugs?"
)
STOPPING = re.compile(
    rf"\b(?:stop|skip|quit|halve|miss|pause|leave out|come off|cut down|cut out)\b[^.]{{0,40}}\b(?:{MEDICINE})\b", re.I
)
NOT_TOLD = re.compile(
    r"\b(?:do not|don't|never|not|if|after|when|before|without|until|once|did|have|has|had|may|can|must|should)\b"
    r"[^.]{0,60}$|\?$",
    re.I,
)
POTASSIUM_DOSE = re.compile(
    r"potassium[^.]{0,40}\b\d+(?:\.\d+)?\s*(?:mg|g|grams?|mmol|mEq)\b|\b\d+\s*(?:mg|mmol|mEq)[^.]{0,20}potassium", re.I
)
CALMING = re.compile(
    r"harmless|nothing to worry|no need to worry|(?:do not|don't|need not) worry|not (?:serious|dangerous)|"
    r"nothing serious|no (?:danger|cause for concern)\b|perfectly (?:safe|normal)|you are (?:safe|fine)|"
    r"all is well|no reason to worry",
    re.I,
)
SAID_WHEN_CLEARED = ("words/phrases/reassure", "words/phrases/nothing_fired")


def test_no_sentence_is_longer_than_twenty_words() -> None:
    assert [(t.where, longest(t.text)) for t in SHOWN if longest(t.text) > MOST_WORDS] == []


@pytest.mark.parametrize("emergency", [True, False], ids=["emergency", "everything_else"])
def test_no_text_is_harder_than_its_grade(emergency: bool) -> None:
    limit = EMERGENCY_GRADE if emergency else GRADE
    whole = [t for t in SHOWN if t.emergency is emergency and len(words(t.text)) >= FRAGMENT]
    graded = [(round(grade(t.text, names()), 1), t.where, t.text) for t in whole]
    assert [row for row in graded if row[0] > limit] == []


def test_no_short_title_or_label_holds_a_long_word() -> None:
    """A grade means nothing for a few words, so here each word on its own must be easy."""
    short = [t for t in SHOWN if len(words(t.text)) < FRAGMENT]
    long = [(t.where, w) for t in short for w in words(t.text) if syllables(w) > 3 and w.lower() not in names()]
    assert long == []


def test_the_list_of_names_holds_nothing_that_no_text_says() -> None:
    said = {w.lower().removesuffix("'s") for t in SHOWN for w in words(t.text)}
    assert sorted(names() - said) == []


def test_few_texts_need_the_list_of_names() -> None:
    hard = [t for t in SHOWN if grade(t.text) > (EMERGENCY_GRADE if t.emergency else GRADE)]
    assert len(hard) <= 0.05 * len(SHOWN)


def told_to_stop(sentence: str) -> bool:
    """Whether a sentence tells to stop, skip or cut a medicine, rather than not to, or asks about it."""
    return any(
        not NOT_TOLD.search(sentence[: m.start()]) and not sentence.endswith("?") for m in STOPPING.finditer(sentence)
    )


def test_no_text_says_to_stop_or_skip_a_medicine() -> None:
    assert [(t.where, s) for t in SHOWN for s in sentences(t.text) if told_to_stop(s)] == []


def test_no_text_doses_potassium() -> None:
    assert [(t.where, t.text) for t in SHOWN if POTASSIUM_DOSE.search(t.text)] == []


def test_nothing_reassures_but_the_phrase_for_it() -> None:
    assert [(t.where, t.text) for t in SHOWN if CALMING.search(t.text) and t.where not in SAID_WHEN_CLEARED] == []


def test_every_shown_text_is_more_than_blanks_and_ends_properly() -> None:
    asks = [t for t in SHOWN if t.where.endswith(".ask")]
    assert [t.where for t in SHOWN if not t.text.strip()] == []
    assert [t.where for t in asks if not t.text.rstrip(")").endswith("?")] == []


@pytest.mark.parametrize(
    ("sentence", "stops"),
    [
        ("Stop taking your medicine.", True),
        ("Skip a dose.", True),
        ("You could halve the tablets.", True),
        ("Do not stop your medicine.", False),
        ("Never skip insulin.", False),
        ("Did you stop any medicine?", False),
        ("Stop if it hurts.", False),
        ("Do not change or stop a tablet on your own.", False),
    ],
)
def test_the_check_for_stopping_works(sentence: str, stops: bool) -> None:
    assert told_to_stop(sentence) is stops


@pytest.mark.parametrize(
    ("word", "count"), [("cramp", 1), ("muscle", 2), ("medicine", 3), ("emergency", 4), ("Potassium's", 4), ("7", 1)]
)
def test_syllables(word: str, count: int) -> None:
    assert syllables(word) == count


def test_the_grade_by_hand() -> None:
    # Two sentences, 8 words, 9 syllables: 0.39 x 4 + 11.8 x 9 / 8 - 15.59 = -0.755.
    assert grade("Call for help now. The muscle is hard.") == pytest.approx(-0.755)
    assert grade("The muscle. Levothyroxine.", {"levothyroxine"}) == pytest.approx(0.39 * 2 / 2 + 11.8 * 3 / 2 - 15.59)
