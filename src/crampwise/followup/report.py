"""The report of a trial, item by item after CENT 2015 (Vohra et al., BMJ 2015;350:h1738)."""

from dataclasses import dataclass

from crampwise.book.book import Book
from crampwise.followup.analysis import TrialResult
from crampwise.followup.records import TrialRecord


@dataclass(frozen=True)
class Item:
    """One item: its number in CENT 2015, what it is about, and what is to be said."""

    number: str
    title: str
    text: str


def report(book: Book, record: TrialRecord, result: TrialResult) -> tuple[Item, ...]:
    """Give the report. What does not apply to a person's own trial is said to be so."""
    action, design = book.actions[record.action], result.design
    first = design.blocks[0]
    return (
        Item("1a", "Title", f"A trial of one person: {action.title}, with against without."),
        Item("1b", "Summary", _summary(book, result)),
        Item("2", "Background", f"{action.works} The book calls the certainty {action.certainty.replace('_', ' ')}."),
        Item("2b", "Question", "Does it change how many cramps this person has in a week?"),
        Item("3a", "Design", _design(result)),
        Item("3b", "Changes after the start", _changes(record)),
        Item("4", "Participant", f"The person who keeps the diary, with {design.per_week:g} cramps a week before."),
        Item("5", "Intervention", f"{action.say} Set against the same days without it."),
        Item("6a", "Outcome", book.followup.phrases["outcome"]),
        Item("6b", "Changes of the outcome", "None: it was stored with the plan."),
        Item("7a", "Length", _length(result)),
        Item("7b", "Stopping", _stopping(book)),
        Item("8", "Random order", f"The order in each pair was drawn with the seed {design.seed}."),
        Item("9", "Hidden order", "The person saw the plan: the order was not hidden."),
        Item("10", "Who did what", "The program drew the order. The person followed it and counted."),
        Item("11", "Blinding", action.trial.blinding if action.trial else "None."),
        Item("12a", "Method", _method(first.washout)),
        Item("13a", "Flow", _flow(result)),
        Item("14", "Dates", f"From {design.start} to {record.ended or design.last}; read on {result.today}."),
        Item("15", "Before the start", f"{design.per_week:g} cramps a week."),
        Item("16", "Days analysed", "; ".join(_row(result))),
        Item("17", "Result", _result(result)),
        Item("19", "Harms", "See the notes of the diary. The trial ends early when cramps clearly increase."),
        Item("20", "Limits", _limits(book, result)),
        Item("21", "Does it hold for others?", "No. It tells of this person at this time only."),
        Item("22", "Meaning", _summary(book, result)),
        Item("23", "Registration", "None: a person's own trial. The plan was stored before the start and not changed."),
        Item("24", "Protocol", f"{len(design.blocks)} blocks of {first.days} days; book {design.book_version}."),
        Item("25", "Funding", "None."),
    )


def _summary(book: Book, result: TrialResult) -> str:
    phrases = book.followup.phrases
    if result.reading is None:
        return phrases["cannot_tell"]
    said = [phrases[result.reading.verdict], *(phrases[c] for c in result.caveats)]
    return " ".join(said)


def _design(result: TrialResult) -> str:
    blocks = result.design.blocks
    order = ", ".join(b.arm for b in blocks)
    return f"Blocks with and without, in {len(blocks) // 2} pairs. Order: {order}."


def _changes(record: TrialRecord) -> str:
    return f"Ended early on {record.ended}: {record.reason or 'no reason given'}." if record.ended else "None."


def _stopping(book: Book) -> str:
    n = book.followup.trial
    return (
        f"After {n.worse_pairs} pairs it ends early if the rate with it is surely higher, by a factor of "
        f"{n.worse_ratio:g} or more; at any time if the diary opens the check again. "
        "Otherwise nothing is read before the end."
    )


def _length(result: TrialResult) -> str:
    d = result.design
    return (
        f"{d.weeks:.0f} weeks. In simulated trials with the same rate, {d.power:.0%} showed that it helps if the true "
        f"ratio was {d.plan_ratio:g}, and {d.false_alarm:.0%} if it did nothing."
    )


def _method(washout: int) -> str:
    return (
        f"The first {washout} days of each block were left out. Weekly counts: negative binomial, log link, a term for "
        "the arm, a straight trend, and swings in which neighbouring weeks are alike (Gaussian process). Posterior by "
        "Laplace's method on a grid."
    )


def _flow(result: TrialResult) -> str:
    kept = "not written down" if result.kept is None else f"{result.kept:.0%} of the days answered"
    return f"{result.written:.0%} of the analysed days have an entry. The plan was kept on: {kept}."


def _row(result: TrialResult) -> list[str]:
    return [
        f"block {b.block.number} ({b.block.arm}): {b.cramps} cramps on {b.written} of {b.days} days"
        for b in result.blocks
    ]


def _result(result: TrialResult) -> str:
    r = result.reading
    if r is None:
        return "Nothing to read: one of the arms has no day with an entry."
    return (
        f"Rate with over rate without: {r.ratio.value:.2f}, 95 % credible interval {r.ratio.low:.2f} to "
        f"{r.ratio.high:.2f}. Probability of fewer cramps {r.fewer:.0%}; of a ratio of "
        f"{result.design.worthwhile_ratio:g} or less {r.worthwhile:.0%}; of more cramps {r.more:.0%}."
    )


def _limits(book: Book, result: TrialResult) -> str:
    named = " ".join(book.followup.phrases[c] for c in result.caveats)
    return f"Not blinded. Expectation can change what is counted. {named}".strip()
