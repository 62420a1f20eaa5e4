"""`python -m studies.calibration [PEOPLE]`: is it as often true as the differential says? On simulated people."""

import sys
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from crampwise.assess.scores import Calibration, calibrated
from crampwise.book.compile import open_book
from crampwise.differential.features import Floats
from crampwise.differential.model import Model, Stratum, build_model
from crampwise.differential.posterior import Posterior, posterior
from crampwise.differential.spread import draw, spread
from studies.people import People, draw_people
from studies.worlds import draw_world

SEED = 20261121
BLOCK = 250
ASKED = 0.1
ASKED_OF_GROUPS = 0.6
LISTED, FROM = 8, 0.01


@dataclass(frozen=True)
class Said:
    """Probabilities of all conditions, (N, H), and which were true."""

    chance: Floats
    true: NDArray[np.bool_]

    def first(self) -> Calibration:
        """Score the probability of the first cause alone."""
        best = self.chance.argmax(axis=1)
        rows = np.arange(len(best))
        return self._scored(self.chance[rows, best], self.true[rows, best])

    def listed(self) -> Calibration:
        """Score every probability that would be listed."""
        shown = self.chance >= FROM
        return self._scored(self.chance[shown], self.true[shown])

    def _scored(self, chance: Floats, true: NDArray[np.bool_]) -> Calibration:
        return calibrated(list(zip(chance.tolist(), true.tolist(), strict=True)), len(self.chance))


def untempered(model: Model) -> Model:
    """The model with every finding counted in full."""
    return replace(model, groups=(), correlation=())


def simulate(model: Model, people: int, asked: float, correlated: bool, judges: list[Model]) -> list[Said]:
    """Draw people from the book's model, and let each judge say how likely their causes are."""
    random = np.random.default_rng(SEED)
    strata = model.book.differential.strata
    belong = random.choice(len(strata), people, p=np.array([s.share for s in strata]))
    chances: list[list[Floats]] = [[] for _ in judges]
    true: list[NDArray[np.bool_]] = []
    for s, stratum in enumerate(strata):
        left = int((belong == s).sum())
        while left:
            drawn = draw_people(model, model.stratum(stratum.id), min(left, BLOCK), random, asked, correlated)
            left -= len(drawn.cells)
            true.append(drawn.causes)
            for found, judge in zip(chances, judges, strict=True):
                found.append(judged(judge, stratum.id, drawn).marginal)
    return [Said(np.concatenate(found), np.concatenate(true)) for found in chances]


def judged(model: Model, stratum: str, people: People) -> Posterior:
    """Compute the posterior of all people, who may have any condition."""
    possible = np.ones((len(people.cells), len(model.conditions)), dtype=np.bool_)
    return posterior(model, [{stratum: 1.0}] * len(people.cells), people.cells, possible)


def coverage(model: Model, people: int, worlds: int) -> tuple[float, float, int]:
    """Draw worlds and people in them; count how often a stated interval holds the world's own probability.

    Returns:
        That share for all listed causes, for the first cause alone, and how many were listed.
    """
    random = np.random.default_rng(SEED + 1)
    strata = model.book.differential.strata
    draws = draw(model, np.random.default_rng(model.book.differential.spread.seed))
    inside: list[bool] = []
    first: list[bool] = []
    for _ in range(worlds):
        stratum = strata[random.choice(len(strata), p=np.array([s.share for s in strata]))].id
        world = draw_world(model, stratum, random)
        drawn = draw_people(model, world, people // worlds, random, ASKED)
        truth = judged(in_world(model, stratum, world), stratum, drawn).marginal
        said = judged(model, stratum, drawn)
        for i, cells in enumerate(drawn.cells):
            alone = Posterior(
                said.single[i : i + 1], said.pair[i : i + 1], said.marginal[i : i + 1], said.counts[i : i + 1]
            )
            order = np.argsort(-alone.marginal[0])[:LISTED]
            listed = [int(h) for h in order if alone.marginal[0, h] >= FROM]
            sure = spread(draws, {stratum: 1.0}, cells, alone, listed)
            held = [bool(a <= truth[i, h] <= b) for h, a, b in zip(listed, sure.low, sure.high, strict=True)]
            inside += held
            first.append(held[0])
    return float(np.mean(inside)), float(np.mean(first)), len(inside)


def in_world(model: Model, stratum: str, world: Stratum) -> Model:
    """The same model with the numbers of a world in one stratum."""
    other = replace(model)
    other._strata[stratum] = world
    return other


def main(people: int = 10_000) -> None:
    """Print what the studies find."""
    model = build_model(open_book())
    full = untempered(model)
    print(f"{people} simulated people of the book's own model, singles and pairs, seed {SEED}")
    (said,) = simulate(model, people, ASKED, False, [full])
    _print("findings independent, untempered", said)
    plain, tempered = simulate(model, people, ASKED_OF_GROUPS, True, [full, model])
    _print("findings of a group correlated, untempered", plain)
    _print("findings of a group correlated, tempered", tempered)
    worlds = max(people // 100, 4)
    everything, first, count = coverage(model, people, worlds)
    print(
        f"intervals of 90 %, {worlds} drawn worlds: {everything:.1%} of {count} listed causes inside, first {first:.1%}"
    )


def _print(what: str, said: Said) -> None:
    first, listed = said.first(), said.listed()
    print(
        f"{what}: first cause: calibration error {first.error:.3f}, Brier {first.brier:.3f}; "
        f"listed causes: {listed.error:.3f}, {listed.brier:.3f}"
    )


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
