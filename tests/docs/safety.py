"""The parts of docs/safety that are made from the book: the hazard log, and tables between `made` marks."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import fill
from typing import get_args

from crampwise.book.book import Book, rank
from crampwise.book.schema.care import Action, Stretch
from crampwise.book.schema.common import LEVELS
from crampwise.book.schema.hazards import Hazard, Likelihood, Severity
from crampwise.safety.properties import PROPERTIES

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "safety"
MADE = re.compile(r"<!-- made: (\w+) -->\n(.*?)<!-- /made -->", re.S)

_INTRODUCTION = """\
# Hazard log

<!-- Made from content/hazards. Change that, then run: python -m tests.docs.refresh -->

What could harm somebody, why, what stands against it, what shows that it does, and what remains. *Likelihood* is
without and with the controls. Severity and likelihood are the content group's judgement, not a safety officer's. A
control is a red flag that fires, an offer that is withheld or asked about while a reason speaks against it, a rule of
conduct, a decision about what the sources say, a [property](safety-case.md#the-properties) that is proved, or a test.

"""


def hazard_log(book: Book) -> str:
    """The whole page, worst first."""
    severities, likelihoods = get_args(Severity), get_args(Likelihood)
    ordered = sorted(
        book.hazards.values(), key=lambda h: (-severities.index(h.severity), -likelihoods.index(h.after), h.name)
    )
    rows = [f"| [{h.name}](#{_anchor(h)}) | {h.severity} | {_said(h.before)} | {_said(h.after)} |" for h in ordered]
    head = ["| hazard | severity | likelihood before | after |", "|---|---|---|---|"]
    return "\n".join([_INTRODUCTION + "\n".join([*head, *rows]), "", *(_hazard(book, h) for h in ordered)])


def _hazard(book: Book, hazard: Hazard) -> str:
    parts = [
        f"## {hazard.name}",
        f"`{hazard.id}` · {hazard.severity} · likelihood {_said(hazard.before)}, with controls {_said(hazard.after)}",
        _bullet("Harm", hazard.harm),
        _bullet("Causes", " ".join(hazard.causes)),
    ]
    flags = sorted((book.red_flags[f] for f in hazard.red_flags), key=lambda f: -rank(f.level))
    parts += [_bullet("Red flags", "; ".join(f"{f.title} (`{f.id}`, {f.level})" for f in flags))] if flags else []
    if hazard.offers:
        entries = [(i, book.actions.get(i) or book.stretches[i]) for i in hazard.offers]
        said = [f"`{i}` ({len(e.not_for)} reasons against, {len(e.cautions)} cautions)" for i, e in entries]
        parts.append(_bullet("Offers held back", ", ".join(said)))
    parts += (
        [_bullet("Rules of conduct", " ".join(book.policies[p].text for p in hazard.policies))]
        if hazard.policies
        else []
    )
    parts += [
        _bullet(f"Decided ({id_}, {book.settled[id_].topic})", book.settled[id_].settled) for id_ in hazard.settled
    ]
    parts += [_bullet("Properties", ", ".join(hazard.properties))] if hazard.properties else []
    parts.append(_bullet("Tests", ", ".join(f"`{test}`" for test in hazard.tests)))
    parts.append(_bullet("What remains", hazard.residual))
    return "\n".join([parts[0], "", parts[1], "", *parts[2:], ""])


def _bullet(name: str, text: str) -> str:
    return fill(f"- **{name}:** {text}", 120, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def _said(likelihood: str) -> str:
    return likelihood.replace("_", " ")


def _anchor(hazard: Hazard) -> str:
    return re.sub(r"[^\w\- ]", "", hazard.name.lower()).strip().replace(" ", "-")


def hazards(book: Book) -> str:
    """Counts of hazards and controls."""
    all_ = list(book.hazards.values())
    flags = {f for h in all_ for f in h.red_flags}
    offers: list[Action | Stretch] = [*book.actions.values(), *book.stretches.values()]
    rows = {
        "Hazards": len(all_),
        "– of these catastrophic at worst": sum(h.severity == "catastrophic" for h in all_),
        "– of these still of medium likelihood or more": sum(h.after in ("medium", "high", "very_high") for h in all_),
        "Red flags": len(book.red_flags),
        "– of these that control a hazard": len(flags),
        "Corrections and uncovered topics of the sources (R, X)": sum(
            s.kind in ("correction", "uncovered") for s in book.settled.values()
        ),
        "– of these behind a hazard": len(
            {s for h in all_ for s in h.settled if book.settled[s].kind != "disagreement"}
        ),
        "Tests named": len({t for h in all_ for t in h.tests}),
        "Reasons against actions and stretches": sum(len(offer.not_for) for offer in offers),
    }
    return _table(rows)


def model(book: Book) -> str:
    """What the ranking is made of."""
    likelihoods = [x for c in book.conditions.values() for x in c.likelihoods]
    ranked = [c for c in book.conditions.values() if c.prior is not None]
    model = book.differential
    rows: dict[str, object] = {
        "Causes in the ranking": len(ranked),
        "– of these look-alikes": sum(c.kind == "lookalike" for c in ranked),
        "– of these medicines": sum(c.kind == "drug" for c in ranked),
        "Groups of people with their own priors": len(model.strata),
        "Likelihoods": len(likelihoods),
        "– of these published figures": sum(x.basis == "published" for x in likelihoods),
        "– of these expert estimates": sum(x.basis == "expert_estimate" for x in likelihoods),
        "Groups of findings that are not counted twice": len(model.groups),
        "Draws for the limits": model.spread.draws,
        "A prior may be off by a factor of: common causes": f"{model.spread.prior_common:g}",
        "A prior may be off by a factor of: rare causes": f"{model.spread.prior_rare:g}",
        "A cause counts for the urgency from a probability of": f"{model.wording.likely:g}",
        "Levels of urgency that red flags decide": len(LEVELS),
    }
    return _table(rows)


def _table(rows: Mapping[str, object]) -> str:
    return "\n".join(["| what | number |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows.items()), ""])


def properties(_: Book) -> str:
    """The properties as `crampwise prove` says them."""
    rows = (f"| {p.id} | {p.says} |" for p in PROPERTIES)
    return "\n".join(["| property | in plain words |", "|---|---|", *rows, ""])


MAKERS: Mapping[str, Callable[[Book], str]] = {"hazards": hazards, "model": model, "properties": properties}


def refreshed(text: str, book: Book) -> str:
    """A page with every part between marks as it is now."""
    return MADE.sub(lambda m: f"<!-- made: {m[1]} -->\n{MAKERS[m[1]](book)}<!-- /made -->", text)


def refresh(book: Book) -> None:
    """Write everything anew."""
    (FOLDER / "hazard-log.md").write_text(hazard_log(book), "utf-8")
    for path in FOLDER.glob("*.md"):
        if path.name != "hazard-log.md":
            path.write_text(refreshed(path.read_text("utf-8"), book), "utf-8")
