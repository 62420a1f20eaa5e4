"""Where benchmarks write their tables: one section each in results.md."""

import os
import platform
import re
from datetime import date
from importlib import metadata
from pathlib import Path

RESULTS = Path(__file__).parent / "results.md"


def machine(*libraries: str) -> list[str]:
    """Say when and on what was measured."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    model = next((line.partition(":")[2].strip() for line in lines if "model name" in line), platform.processor())
    installed = {d.name.lower() for d in metadata.distributions()}
    found = [f"{name} {metadata.version(name)}" for name in libraries if name in installed]
    return [
        f"Measured {date.today().isoformat()} by `make bench` on {os.cpu_count()} cores ({model}),",
        f"Python {platform.python_version()}, {', '.join(found)}.",
    ]


def write_section(title: str, lines: list[str]) -> None:
    """Print a section, and put it into results.md in place of the one with the same title."""
    text = "\n".join(lines).strip()
    print(f"{title}\n\n{text}\n")
    old = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else "# Benchmarks\n"
    head, *sections = re.split(r"^## ", old, flags=re.M)
    kept = {section.partition("\n")[0]: section.partition("\n")[2].strip() for section in sections}
    kept[title] = text
    whole = [head.strip(), *(f"## {name}\n\n{body}" for name, body in kept.items())]
    RESULTS.write_text("\n\n".join(whole) + "\n", encoding="utf-8")
