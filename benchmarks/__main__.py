"""`make bench`: how long one assessment and its parts take, as medians over many people."""

import statistics
import subprocess
import sys
from datetime import date
from functools import partial

import yaml

from benchmarks import cases
from benchmarks.timing import median_ms
from crampwise.assess.assess import assess
from crampwise.assess.causes import differential
from crampwise.assess.engine import engine_of
from crampwise.assess.intake import Intake
from crampwise.assess.known import know
from crampwise.assess.triage import evaluate_rules
from crampwise.book.book import Book
from crampwise.book.compile import open_book, shipped_folder
from crampwise.book.load import content_files, load_book
from crampwise.interpret.person import evaluate
from crampwise.interview.candidates import next_step
from crampwise.interview.simulate import converse, patient_of


def everything(book: Book, intake: Intake, today: date) -> object:
    """Assess, and read what is worked out only when asked for."""
    result = assess(book, intake, today)
    return result.changes, result.outcomes


def main() -> None:
    """Measure and print."""
    book = open_book()
    engine = engine_of(book)
    intakes = cases.intakes(book)
    today = date(2026, 11, 21)
    known = [know(engine, i) for i in intakes]
    runs = [evaluate_rules(engine, k) for k in known]
    n = len(intakes)

    whole = statistics.median(median_ms(partial(assess, book, i, today)) for i in intakes)
    read = statistics.median(median_ms(partial(everything, book, i, today), 3) for i in intakes)
    compiled = median_ms(lambda: [evaluate_rules(engine, k) for k in known]) / n
    reference = median_ms(lambda: [evaluate(r, k.closed) for k in known[:3] for r in engine.rules.values()], 3) / 3
    causes = median_ms(lambda: [differential(engine, k, r) for k, r in zip(known, runs, strict=True)]) / n
    told = [converse(engine, patient_of(engine, i)).states for i in intakes]
    nexts = [median_ms(partial(next_step, engine, s), 3) for states in told for s in states[:-1]]
    parse = median_ms(lambda: load_book(content_files(shipped_folder())), 3)
    plain = median_ms(lambda: [yaml.safe_load(f.data) for f in content_files(shipped_folder())], 1)
    command = [sys.executable, "-m", "crampwise", "assess", str(cases.CASES[0]), "--json"]
    cold = median_ms(lambda: subprocess.run(command, check=True, capture_output=True), 7)

    print(f"one assessment, {n} people, {len(engine.rules)} rules, medians in ms")
    print(f"  assess()                              {whole:8.2f}")
    print(f"  assess() and what would change it     {read:8.2f}")
    print(f"  all rules, compiled                   {compiled:8.3f}")
    print(f"  all rules, reference interpreter      {reference:8.2f}   ({reference / compiled:.0f} x compiled)")
    print(f"  posterior and weights                 {causes:8.2f}")
    print(f"  next screen of the interview          {statistics.median(nexts):8.2f}   ({len(nexts)} states)")
    print(f"  book read and checked, no cache       {parse:8.0f}   (PyYAML's own reader, parsing alone: {plain:.0f})")
    print(f"  `crampwise assess` as a process       {cold:8.0f}")


if __name__ == "__main__":
    main()
