"""The meaning of rules, by example. Every outcome and every sentence here is written by hand.

The table is run on every interpreter and printed as docs/reference/rules.md.
"""

from dataclasses import dataclass

from tests.spec.toy import Person

TRUE, FALSE, UNKNOWN = "true", "false", "unknown"
EVERYONE_UNASKED: Person = {}


@dataclass(frozen=True)
class Row:
    """One thing to know about rules.

    Attributes:
        chapter: where it stands in the manual.
        says: what it is, in plain words.
        rule: as it is written in the content.
        sentence: the rule in words.
        people: someone's answers, and whether the rule holds for them.
    """

    chapter: str
    title: str
    says: str
    rule: str
    sentence: str
    people: tuple[tuple[Person, str], ...]


LEAVES, TREES, TERMS, MISSING, FOLLOWS = (
    "One line: a leaf",
    "Several rules together: a tree",
    "Named rules: terms",
    "Missing answers",
    "Answers that follow from others",
)

TABLE = (
    Row(
        LEAVES,
        "A yes/no finding",
        "The name of a yes/no finding alone: it is yes.",
        "dark_urine",
        "dark urine",
        (({"dark_urine": "yes"}, TRUE), ({"dark_urine": "no"}, FALSE), (EVERYONE_UNASKED, UNKNOWN)),
    ),
    Row(
        LEAVES,
        "One option of a choice",
        "The name of a choice, `is`, and an option: the answer is that option.",
        "site is calf",
        "place of the cramp is the calf",
        (({"site": "calf"}, TRUE), ({"site": "hand"}, FALSE), (EVERYONE_UNASKED, UNKNOWN)),
    ),
    Row(
        LEAVES,
        "Several options of a choice",
        "Options joined with `or`: the answer is one of them. An option without words of its own stands for itself.",
        "site is calf or foot or thigh",
        "place of the cramp is the calf or the foot or thigh",
        (
            ({"site": "calf"}, TRUE),
            ({"site": "foot"}, TRUE),
            ({"site": "thigh"}, TRUE),
            ({"site": "hand"}, FALSE),
            ({"site": "not sure"}, UNKNOWN),
        ),
    ),
    Row(
        LEAVES,
        "A number at or above a threshold",
        "`>=` holds at the threshold too. The unit must be the finding's own.",
        "creatine_kinase >= 1000 U/L",
        "creatine kinase at least 1000 U/L",
        (
            ({"creatine_kinase": 999}, FALSE),
            ({"creatine_kinase": 1000}, TRUE),
            ({"creatine_kinase": 1001}, TRUE),
            (EVERYONE_UNASKED, UNKNOWN),
        ),
    ),
    Row(
        LEAVES,
        "A number above a threshold",
        "`>` does not hold at the threshold.",
        "age > 60 a",
        "age above 60 years",
        (({"age": 59}, FALSE), ({"age": 60}, FALSE), ({"age": 61}, TRUE), ({"age": "not sure"}, UNKNOWN)),
    ),
    Row(
        LEAVES,
        "A number at or below a threshold",
        "`<=` holds at the threshold too. A threshold may have decimals; they are compared exactly.",
        "temperature <= 35.1 Cel",
        "temperature at most 35.1 °C",
        (
            ({"temperature": 35.0}, TRUE),
            ({"temperature": 35.1}, TRUE),
            ({"temperature": "35.1000"}, TRUE),
            ({"temperature": "35.1001"}, FALSE),
            (EVERYONE_UNASKED, UNKNOWN),
        ),
    ),
    Row(
        LEAVES,
        "A number below a threshold",
        "`<` does not hold at the threshold. A threshold may be negative.",
        "base_excess < -5 mmol/L",
        "base excess below -5 mmol/L",
        (
            ({"base_excess": -6}, TRUE),
            ({"base_excess": -5}, FALSE),
            ({"base_excess": -4}, FALSE),
            (EVERYONE_UNASKED, UNKNOWN),
        ),
    ),
    Row(
        TREES,
        "Not",
        "`not` turns yes into no and no into yes. Not knowing stays not knowing.",
        "{not: fever}",
        "not (fever)",
        (({"fever": "yes"}, FALSE), ({"fever": "no"}, TRUE), (EVERYONE_UNASKED, UNKNOWN)),
    ),
    Row(
        TREES,
        "Not, for a choice",
        "Any other option makes it true, a missing answer does not.",
        "{not: site is calf or foot}",
        "not (place of the cramp is the calf or the foot)",
        (({"site": "foot"}, FALSE), ({"site": "hand"}, TRUE), (EVERYONE_UNASKED, UNKNOWN)),
    ),
    Row(
        TREES,
        "All",
        "`all` needs every rule of its list. One that is false settles it, whatever is unknown beside it.",
        "{all: [dark_urine, weak_muscles]}",
        "dark urine and weak muscles",
        (
            ({"dark_urine": "yes", "weak_muscles": "yes"}, TRUE),
            ({"dark_urine": "yes", "weak_muscles": "no"}, FALSE),
            ({"dark_urine": "no"}, FALSE),
            ({"weak_muscles": "no", "dark_urine": "not sure"}, FALSE),
            ({"dark_urine": "yes"}, UNKNOWN),
            (EVERYONE_UNASKED, UNKNOWN),
        ),
    ),
    Row(
        TREES,
        "Any",
        "`any` needs one rule of its list. One that is true settles it, whatever is unknown beside it.",
        "{any: [dark_urine, weak_muscles]}",
        "dark urine or weak muscles",
        (
            ({"dark_urine": "no", "weak_muscles": "yes"}, TRUE),
            ({"weak_muscles": "yes"}, TRUE),
            ({"dark_urine": "no", "weak_muscles": "no"}, FALSE),
            ({"dark_urine": "no"}, UNKNOWN),
            ({"dark_urine": "not sure", "weak_muscles": "no"}, UNKNOWN),
        ),
    ),
    Row(
        TREES,
        "A list of one",
        "A list may hold a single rule; it then means that rule.",
        "{all: [{any: [fever]}]}",
        "fever",
        (({"fever": "yes"}, TRUE), ({"fever": "no"}, FALSE), (EVERYONE_UNASKED, UNKNOWN)),
    ),
    Row(
        TREES,
        "At least so many",
        "`at_least` with `of` counts. While the unknown ones could still decide, it is unknown.",
        "{at_least: 2, of: [dark_urine, weak_muscles, fever]}",
        "at least 2 of (dark urine; weak muscles; fever)",
        (
            ({"dark_urine": "yes", "weak_muscles": "yes", "fever": "yes"}, TRUE),
            ({"dark_urine": "yes", "weak_muscles": "yes", "fever": "no"}, TRUE),
            ({"dark_urine": "yes", "fever": "yes"}, TRUE),
            ({"dark_urine": "yes", "weak_muscles": "no", "fever": "no"}, FALSE),
            ({"dark_urine": "no", "weak_muscles": "no"}, FALSE),
            ({"dark_urine": "yes", "weak_muscles": "no"}, UNKNOWN),
            ({"dark_urine": "yes"}, UNKNOWN),
            ({"fever": "no"}, UNKNOWN),
            (EVERYONE_UNASKED, UNKNOWN),
        ),
    ),
    Row(
        TREES,
        "At least three of five",
        "The count goes over whole rules, also when one answer speaks for two of them.",
        "{at_least: 3, of: [dark_urine, weak_muscles, fever, temperature >= 38 Cel, temperature >= 40 Cel]}",
        "at least 3 of (dark urine; weak muscles; fever; temperature at least 38 °C; temperature at least 40 °C)",
        (
            ({"fever": "yes", "temperature": 40}, TRUE),
            ({"fever": "yes", "temperature": 39}, UNKNOWN),
            ({"fever": "yes", "temperature": 39, "dark_urine": "no", "weak_muscles": "no"}, FALSE),
            ({"temperature": 37, "fever": "no"}, FALSE),
            ({"temperature": 37}, UNKNOWN),
            ({"dark_urine": "yes", "weak_muscles": "yes", "fever": "yes", "temperature": 37}, TRUE),
        ),
    ),
    Row(
        TREES,
        "At least all of them",
        "Counting up to the length of the list is the same as `all`.",
        "{at_least: 2, of: [dark_urine, fever]}",
        "at least 2 of (dark urine; fever)",
        (
            ({"dark_urine": "yes", "fever": "yes"}, TRUE),
            ({"dark_urine": "yes", "fever": "no"}, FALSE),
            ({"fever": "no"}, FALSE),
            ({"fever": "yes"}, UNKNOWN),
        ),
    ),
    Row(
        TREES,
        "At least one",
        "Counting to one is the same as `any`.",
        "{at_least: 1, of: [dark_urine, fever]}",
        "at least 1 of (dark urine; fever)",
        (
            ({"fever": "yes"}, TRUE),
            ({"dark_urine": "no", "fever": "no"}, FALSE),
            ({"fever": "no"}, UNKNOWN),
        ),
    ),
    Row(
        TREES,
        "A rule that stands twice in a count",
        "Each place in the list counts, so the same rule twice counts twice.",
        "{at_least: 2, of: [fever, fever, dark_urine]}",
        "at least 2 of (fever; fever; dark urine)",
        (
            ({"fever": "yes"}, TRUE),
            ({"fever": "no"}, FALSE),
            ({"dark_urine": "yes"}, UNKNOWN),
        ),
    ),
    Row(
        TREES,
        "Trees inside trees",
        "Every place where a rule may stand takes a whole tree. The sentence has brackets where they are needed.",
        "{all: [{any: [dark_urine, weak_muscles]}, {not: {all: [fever, age < 16 a]}}, site is calf]}",
        "(dark urine or weak muscles) and not (fever and age below 16 years) and place of the cramp is the calf",
        (
            ({"dark_urine": "yes", "fever": "no", "site": "calf"}, TRUE),
            ({"weak_muscles": "yes", "age": 16, "site": "calf"}, TRUE),
            ({"weak_muscles": "yes", "age": 15, "fever": "yes", "site": "calf"}, FALSE),
            ({"dark_urine": "yes", "fever": "no", "site": "hand"}, FALSE),
            ({"dark_urine": "yes", "fever": "no"}, UNKNOWN),
            ({"dark_urine": "yes", "fever": "yes", "site": "calf"}, UNKNOWN),
        ),
    ),
    Row(
        TREES,
        "Counting trees",
        "What is counted may be a tree too.",
        "{at_least: 2, of: [{not: fever}, {all: [dark_urine, weak_muscles]}, age > 60 a]}",
        "at least 2 of (not (fever); dark urine and weak muscles; age above 60 years)",
        (
            ({"fever": "no", "age": 70}, TRUE),
            ({"fever": "yes", "age": 70, "dark_urine": "no"}, FALSE),
            ({"fever": "yes", "age": 70, "dark_urine": "yes"}, UNKNOWN),
        ),
    ),
    Row(
        TERMS,
        "A term",
        "The name of a term stands for its rule. Here it is: dark urine, or a creatine kinase of 1000 U/L or more.",
        "muscle_breakdown",
        "signs of muscle breakdown",
        (
            ({"dark_urine": "yes"}, TRUE),
            ({"dark_urine": "no", "creatine_kinase": 1000}, TRUE),
            ({"dark_urine": "no", "creatine_kinase": 999}, FALSE),
            ({"dark_urine": "no"}, UNKNOWN),
        ),
    ),
    Row(
        TERMS,
        "A term inside a term",
        "Terms may use terms, never themselves. This one is: signs of muscle breakdown and no fever.",
        "{any: [breakdown_without_fever, weak_muscles]}",
        "breakdown_without_fever or weak muscles",
        (
            ({"dark_urine": "yes", "fever": "no"}, TRUE),
            ({"dark_urine": "yes", "fever": "yes", "weak_muscles": "no"}, FALSE),
            ({"fever": "yes", "weak_muscles": "yes"}, TRUE),
            ({"dark_urine": "yes", "fever": "not sure", "weak_muscles": "no"}, UNKNOWN),
        ),
    ),
    Row(
        MISSING,
        "Not sure is not no",
        "Not sure and never asked are the same to a rule: unknown. Unknown is never taken for no.",
        "{all: [{not: dark_urine}, {not: fever}]}",
        "not (dark urine) and not (fever)",
        (
            ({"dark_urine": "no", "fever": "no"}, TRUE),
            ({"dark_urine": "no", "fever": "not sure"}, UNKNOWN),
            ({"dark_urine": "no"}, UNKNOWN),
            ({"dark_urine": "not sure", "fever": "not sure"}, UNKNOWN),
            ({"dark_urine": "yes", "fever": "not sure"}, FALSE),
        ),
    ),
    Row(
        MISSING,
        "What must be so either way",
        "Rules are read part by part. Nothing is guessed, even where either answer would do.",
        "{any: [fever, {not: fever}]}",
        "fever or not (fever)",
        (({"fever": "yes"}, TRUE), ({"fever": "no"}, TRUE), ({"fever": "not sure"}, UNKNOWN)),
    ),
    Row(
        MISSING,
        "No value at all",
        "A number or choice that does not exist for this person is empty. Every comparison with it is false, "
        "and so `not` of one is true.",
        "{any: [weeks_pregnant >= 28 wk, trimester is third]}",
        "weeks of pregnancy at least 28 weeks or trimester is third",
        (
            ({"weeks_pregnant": "empty", "trimester": "empty"}, FALSE),
            ({"weeks_pregnant": "empty"}, UNKNOWN),
            ({"weeks_pregnant": 28, "trimester": "empty"}, TRUE),
        ),
    ),
    Row(
        MISSING,
        "Not of an empty value",
        "Nobody without a pregnancy is before week 28, and nobody is after it: both comparisons are false.",
        "{all: [{not: weeks_pregnant < 28 wk}, {not: weeks_pregnant >= 28 wk}]}",
        "not (weeks of pregnancy below 28 weeks) and not (weeks of pregnancy at least 28 weeks)",
        (
            ({"weeks_pregnant": "empty"}, TRUE),
            ({"weeks_pregnant": 28}, FALSE),
            ({"weeks_pregnant": 27}, FALSE),
            (EVERYONE_UNASKED, UNKNOWN),
        ),
    ),
    Row(
        FOLLOWS,
        "A yes that follows",
        "A thiazide is a diuretic and a diuretic is a medicine (`implies`): a yes to one is a yes to the next.",
        "takes_medicine",
        "takes a medicine",
        (
            ({"takes_thiazide": "yes"}, TRUE),
            ({"takes_diuretic": "yes"}, TRUE),
            ({"takes_diuretic": "no"}, UNKNOWN),
            ({"takes_thiazide": "no"}, UNKNOWN),
        ),
    ),
    Row(
        FOLLOWS,
        "A no that follows",
        "In the other direction a no carries over: no medicine, so no diuretic and no thiazide.",
        "takes_thiazide",
        "takes a thiazide",
        (
            ({"takes_medicine": "no"}, FALSE),
            ({"takes_diuretic": "no"}, FALSE),
            ({"takes_medicine": "yes"}, UNKNOWN),
            ({"takes_diuretic": "yes"}, UNKNOWN),
        ),
    ),
    Row(
        FOLLOWS,
        "Questions that are not for everyone",
        "`who_for` says for whom a yes/no finding exists. While it is false the answer is no without asking; "
        "while it is unknown nothing follows. Here: women of 12 to 55.",
        "pregnant",
        "pregnant",
        (
            ({"sex": "male"}, FALSE),
            ({"sex": "female", "age": 11}, FALSE),
            ({"age": 56}, FALSE),
            ({"sex": "female", "age": 12}, UNKNOWN),
            ({"sex": "female"}, UNKNOWN),
            ({"sex": "female", "age": 30, "pregnant": "yes"}, TRUE),
            ({"sex": "female", "age": 30, "pregnant": "no"}, FALSE),
        ),
    ),
    Row(
        FOLLOWS,
        "Numbers and choices that are not for everyone",
        "For a number or a choice `who_for` leaves it empty. It also reaches across several findings: a man is not "
        "pregnant, and so has no weeks of pregnancy.",
        "{not: {any: [weeks_pregnant < 14 wk, trimester is first or second]}}",
        "not (weeks of pregnancy below 14 weeks or trimester is first or second)",
        (
            ({"sex": "male"}, TRUE),
            ({"pregnant": "no"}, TRUE),
            ({"sex": "male", "weeks_pregnant": "not sure"}, TRUE),
            ({"pregnant": "yes", "weeks_pregnant": 13}, FALSE),
            ({"pregnant": "yes", "weeks_pregnant": 14, "trimester": "third"}, TRUE),
            ({"pregnant": "yes", "weeks_pregnant": 14}, UNKNOWN),
            (EVERYONE_UNASKED, UNKNOWN),
        ),
    ),
)
