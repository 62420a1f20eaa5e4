"""`make bench`: one posterior against pyAgrum and pgmpy, and a million of them; writes its part of results.md."""

import resource
import statistics
import time
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from benchmarks.report import machine, write_section
from benchmarks.timing import median_ms
from crampwise.book.compile import open_book
from crampwise.differential.features import Floats
from crampwise.differential.model import Model, build_model
from crampwise.differential.posterior import posterior
from studies.network import Network, bayes_net, network_of, single_causes

STRATUM = "m_50_69"
PEOPLE, BLOCK, ASKED = 1_000_000, 5_000, 12
Evidence = dict[int, int]
Query = Callable[[Evidence], Floats]


def ours(model: Model) -> Query:
    possible = np.ones((1, len(model.conditions)), dtype=np.bool_)
    nothing = np.full((1, len(model.features)), -1)

    def query(evidence: Evidence) -> Floats:
        cells = nothing.copy()
        cells[0, list(evidence)] = list(evidence.values())
        return np.asarray(posterior(model, [{STRATUM: 1.0}], cells, possible).single[0])

    return query


def pyagrum_queries(network: Network) -> dict[str, Query]:
    """Variable elimination and lazy propagation for the class alone; the network itself is made beforehand."""
    import pyagrum as gum

    net = bayes_net(network)

    def run(engine: Any) -> Query:
        def query(evidence: Evidence) -> Floats:
            inference = engine(net)
            inference.setTargets({"cause"})
            inference.setEvidence({f"f{f}": cell for f, cell in evidence.items()})
            inference.makeInference()
            return np.asarray(inference.posterior("cause").toarray())

        return query

    return {
        "pyAgrum, variable elimination": run(gum.VariableElimination),
        "pyAgrum, lazy propagation": run(gum.LazyPropagation),
    }


def pgmpy_queries(network: Network) -> dict[str, Query]:
    warnings.simplefilter("ignore")
    from pgmpy.factors.discrete import TabularCPD
    from pgmpy.inference import VariableElimination
    from pgmpy.models import DiscreteBayesianNetwork

    names = [f"f{f}" for f in range(len(network.given))]
    net = DiscreteBayesianNetwork([("cause", name) for name in names])
    count = len(network.prior)
    net.add_cpds(TabularCPD("cause", count, network.prior[:, None]))
    for name, table in zip(names, network.given, strict=True):
        net.add_cpds(TabularCPD(name, table.shape[1], table.T / table.T.sum(axis=0), ["cause"], [count]))

    def query(evidence: Evidence) -> Floats:
        given = {f"f{f}": cell for f, cell in evidence.items()}
        return np.asarray(VariableElimination(net).query(["cause"], evidence=given, show_progress=False).values)

    return {"pgmpy, variable elimination": query}


def random_evidence(model: Model, random: np.random.Generator, count: int) -> Evidence:
    chosen = random.choice(len(model.features), count, replace=False)
    return {int(f): int(random.integers(len(model.features[f].cells))) for f in chosen}


def one_person(model: Model) -> list[str]:
    """Rows of the table: medians over the same people, set-up of the query included for all."""
    network = network_of(model, STRATUM)
    mine = ours(model)
    peers = pyagrum_queries(network)
    missing = ""
    try:
        peers |= pgmpy_queries(network)
    except ImportError as error:
        missing = f"pgmpy was not measured: {error}."
    random = np.random.default_rng(1)
    rows = []
    for count in (5, 12, 20, 40):
        people = [random_evidence(model, random, count) for _ in range(5)]
        own = statistics.median(median_ms(partial(mine, p), 300) for p in people)
        cells = [f"{count}", f"{1000 * own:.0f} µs"]
        for name, query in peers.items():
            assert all(np.abs(query(p) - mine(p)).max() < 1e-9 for p in people[:2])
            rounds = 30 if name.startswith("pyAgrum") else 3
            took = statistics.median(median_ms(partial(query, p), rounds) for p in people)
            cells.append(f"{took:.2f} ms ({took / own:,.0f} x)")
        rows.append(f"| {' | '.join(cells)} |")
    head = ["answers known", "Crampwise", *peers]
    return [f"| {' | '.join(head)} |", "|" + "---|" * len(head), *rows, *(["", missing] if missing else [])]


def million(model: Model) -> str:
    """Posteriors of a million sparse people in blocks: each block is drawn, worked out, and summed up."""
    random = np.random.default_rng(2)
    sizes = np.array([len(f.cells) for f in model.features])
    possible = np.ones((BLOCK, len(model.conditions)), dtype=np.bool_)
    strata = [{STRATUM: 1.0}] * BLOCK
    spent, total = 0.0, np.zeros(len(model.conditions))
    for _ in range(PEOPLE // BLOCK):
        cells = np.full((BLOCK, len(sizes)), -1)
        which = random.integers(len(sizes), size=(BLOCK, ASKED))
        cells[np.arange(BLOCK)[:, None], which] = (random.random((BLOCK, ASKED)) * sizes[which]).astype(np.intp)
        start = time.perf_counter()
        total += posterior(model, strata, cells, possible).marginal.sum(axis=0)
        spent += time.perf_counter() - start
    assert abs(total.sum() / PEOPLE - 1) < 1e-6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"{PEOPLE:,} people with at most {ASKED} known answers each, in blocks of {BLOCK:,}:\n"
        f"{PEOPLE / spent:,.0f} people/s ({spent:.1f} s), peak memory of the whole process {peak:,.0f} MB."
    )


def main() -> None:
    """Measure, print and write the table."""
    model = single_causes(build_model(open_book()))
    batch = million(model)
    table = one_person(model)
    lines = [
        *machine("numpy", "pyagrum", "pgmpy"),
        "",
        f"The single-cause network of the shipped book: one class node with {len(model.conditions)} conditions, and "
        f"{len(model.features)} features.",
        "All contenders answer the same queries in the same run, agree to 1e-9, and start from a network that is",
        "ready; the set-up of the query is included for all. Medians over five people; in brackets how many times",
        "longer than Crampwise.",
        "",
        *table,
        "",
        batch,
        "",
        "The machine was shared, so trust the ratios more than the times. pgmpy runs without torch, which its",
        "inference on tables does not need.",
    ]
    write_section("One person's causes", lines)


if __name__ == "__main__":
    main()
