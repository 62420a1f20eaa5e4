"""Small random books, and their posterior written out from its definition in exact fractions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations, product
from math import prod

from hypothesis import strategies as st

from crampwise.book.book import Book
from tests.support import tiny

Hypothesis = tuple[str, ...]
"""One condition alone, or two together."""

LATE = 60
RULES = {"young": f"age_years < {LATE} a", "old": f"age_years >= {LATE} a"}


@dataclass(frozen=True)
class Small:
    """The numbers of a small book. `given` holds P(finding | condition) where the condition names one."""

    priors: Mapping[str, Mapping[str, Fraction]]
    leaks: Mapping[str, Fraction]
    given: Mapping[tuple[str, str], Fraction]
    shares: Mapping[str, Fraction]
    factor: Fraction = Fraction(1, 4)
    special: Mapping[frozenset[str], Fraction] = field(default_factory=dict)
    lonely: frozenset[str] = frozenset()

    @property
    def hypotheses(self) -> list[Hypothesis]:
        singles = [(c,) for c in self.priors]
        return [*singles, *(p for p in combinations(self.priors, 2) if self.together(p) > 0)]

    def together(self, pair: Hypothesis) -> Fraction:
        return Fraction(0) if self.lonely & set(pair) else self.special.get(frozenset(pair), self.factor)

    def prior(self, hypothesis: Hypothesis, stratum: str) -> Fraction:
        alone = prod((self.priors[c][stratum] for c in hypothesis), start=Fraction(1))
        return alone if len(hypothesis) == 1 else alone * self.together(hypothesis)

    def p_yes(self, finding: str, hypothesis: Hypothesis) -> Fraction:
        """Odds of the leak, times the odds ratio of each part."""
        odds = odds_of(self.leaks[finding])
        for c in hypothesis:
            odds *= odds_of(self.given.get((c, finding), self.leaks[finding])) / odds_of(self.leaks[finding])
        return odds / (1 + odds)

    def posterior(
        self, answers: Mapping[str, bool], strata: Mapping[str, Fraction], possible: frozenset[str] | None = None
    ) -> dict[Hypothesis, Fraction]:
        """Go through every way in which all findings could turn out that agrees with the answers."""
        allowed = [h for h in self.hypotheses if possible is None or possible >= set(h)]
        names = list(self.leaks)
        worlds = [dict(zip(names, w, strict=True)) for w in product((True, False), repeat=len(names))]
        agreeing = [w for w in worlds if all(w[f] is v for f, v in answers.items())]
        score: dict[Hypothesis, Fraction] = {}
        for h in allowed:
            prior = sum((share * self.prior(h, s) for s, share in strata.items()), start=Fraction(0))
            p = {f: self.p_yes(f, h) for f in names}
            score[h] = prior * sum(
                prod((p[f] if w[f] else 1 - p[f] for f in names), start=Fraction(1)) for w in agreeing
            )
        total = sum(score.values())
        return {h: x / total for h, x in score.items()}

    def book(self, **model: object) -> Book:
        listed: dict[str, dict[str, float]] = {c: {} for c in self.priors}
        for (c, f), p in self.given.items():
            listed[c][f] = float(p)
        strata = [tiny.stratum(s, RULES[s], float(share)) for s, share in self.shares.items()]
        pairs = [
            {"conditions": sorted(pair), "factor": float(x), "why": "w", **tiny.OPINION}
            for pair, x in self.special.items()
        ]
        exclusive = [{"conditions": sorted(self.lonely), "why": "w", **tiny.OPINION}] if self.lonely else []
        numbers = {"pair_factor": float(self.factor), "pairs": pairs, "exclusive": exclusive, **model}
        return tiny.tiny_book(
            [tiny.condition(c, {s: float(x) for s, x in p.items()}, listed[c]) for c, p in self.priors.items()],
            model=tiny.differential(strata, **numbers),
            findings=[tiny.number("age_years"), *(tiny.finding(f, float(p)) for f, p in self.leaks.items())],
        )


def odds_of(p: Fraction) -> Fraction:
    return p / (1 - p)


twentieths = st.integers(1, 19).map(lambda k: Fraction(k, 20))


@st.composite
def small_books(draw: st.DrawFn, sizes: tuple[int, int] = (2, 4)) -> Small:
    """Two to four conditions, one to four findings, two strata, some pairs special, some conditions never paired."""
    conditions = [f"c{i}" for i in range(draw(st.integers(*sizes)))]
    findings = [f"f{i}" for i in range(draw(st.integers(1, 4)))]
    priors: dict[str, dict[str, Fraction]] = {c: {} for c in conditions}
    for s in RULES:
        parts = draw(st.lists(st.integers(1, 9), min_size=len(conditions), max_size=len(conditions)))
        for c, part in zip(conditions, parts, strict=True):
            priors[c][s] = Fraction(part, sum(parts))
    given = {
        (c, f): draw(twentieths)
        for i, f in enumerate(findings)
        for j, c in enumerate(conditions)
        if j == i % len(conditions) or draw(st.booleans())
    }
    couples = [frozenset(p) for p in combinations(conditions, 2)]
    special = {p: Fraction(draw(st.integers(0, 12))) for p in couples if draw(st.booleans())}
    lonely = frozenset(c for c in conditions if draw(st.integers(0, 4)) == 0)
    share = draw(twentieths)
    shares = {"young": share, "old": 1 - share}
    return Small(priors, {f: draw(twentieths) for f in findings}, given, shares, draw(twentieths), special, lonely)


def answers_to(small: Small) -> st.SearchStrategy[dict[str, bool]]:
    """Some findings yes, some no, the others unknown."""
    return st.dictionaries(st.sampled_from(sorted(small.leaks)), st.booleans())
