"""Lays out npm packages as the package store of HL7's validator, and compiles the small program around it.

Runs inside the installed folder. The validator asks for packages by the names that its own registry uses; npm lacks
three of them, so each is filled from what npm has:

- `hl7.fhir.r4.core`: the definitions of R4 are all inside `hl7.fhir.r4.examples`.
- `hl7.fhir.xver-extensions`: stays empty; the four extensions of R5 that SDC builds on are written into `xver`.
- SDC writes a contentReference as a whole address, which this version of the validator does not follow, so that nested
  items would go unchecked; it is shortened to the part after the "#".
"""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PACKED = Path("packed")
STORE = Path("home/.fhir/packages")
CORE = "hl7.fhir.r4.core"
CORE_VERSION = "4.0.1"
DEFINITIONS = {
    "StructureDefinition", "ValueSet", "CodeSystem", "SearchParameter", "OperationDefinition", "ConceptMap",
    "CapabilityStatement", "CompartmentDefinition", "NamingSystem", "StructureMap", "ImplementationGuide",
}  # fmt: skip
OFFICIAL = ("http://hl7.org/fhir", "http://terminology.hl7.org", "urn:")
TWICE = "CodeSystem-spdx-license.json"
INDEXED = ("resourceType", "id", "url", "version", "kind", "type", "content", "supplements")
FROM_R5 = {
    "Questionnaire.versionAlgorithm[x]": ("Questionnaire", ("string", "Coding")),
    "Questionnaire.copyrightLabel": ("Questionnaire", ("string",)),
    "Questionnaire.item.answerConstraint": ("Questionnaire.item", ("code",)),
    "Questionnaire.item.disabledDisplay": ("Questionnaire.item", ("code",)),
}
BASE = "http://hl7.org/fhir/StructureDefinition"

Files = dict[str, bytes]


def resources(package: str) -> Iterator[tuple[str, bytes]]:
    """Every resource of an npm package: file name and content."""
    for path in sorted((PACKED / package).glob("*.json")):
        if path.name not in ("package.json", ".index.json"):
            yield path.name, path.read_bytes()


def core_definitions() -> Files:
    """R4's own definitions, each address once; among two, the one stamped 4.0.1."""
    found: dict[str, tuple[str, bytes]] = {}
    for name, data in resources("hl7.fhir.r4.examples"):
        resource = json.loads(data)
        url = resource.get("url") or ""
        if resource.get("resourceType") not in DEFINITIONS or not url.startswith(OFFICIAL) or name == TWICE:
            continue
        if url not in found or resource.get("version") == CORE_VERSION:
            found[url] = (name, data)
    return dict(found.values())


def with_short_references(files: Files) -> Files:
    """Shorten absolute content references inside structure definitions."""
    absolute = rb'"contentReference"\s*:\s*"http://hl7.org/fhir/StructureDefinition/\w+#'
    return {name: re.sub(absolute, b'"contentReference":"#', data) for name, data in files.items()}


def lay_out(name: str, version: str, files: Files, **about: Any) -> None:
    """Write one package into the validator's store."""
    place = STORE / f"{name}#{version}" / "package"
    place.mkdir(parents=True)
    rows = []
    for file, data in files.items():
        (place / file).write_bytes(data)
        resource = json.loads(data)
        row = {k: resource[k] for k in INDEXED if isinstance(resource.get(k), str)}
        rows.append({"filename": file} | row)
    (place / ".index.json").write_text(json.dumps({"index-version": 2, "files": rows}))
    dependencies = {} if name == CORE else {CORE: CORE_VERSION}
    described = {"name": name, "version": version, "fhirVersions": ["4.0.1"], "dependencies": dependencies} | about
    (place / "package.json").write_text(json.dumps(described))


def stub(name: str, context: str, types: tuple[str, ...]) -> dict[str, Any]:
    """An extension of R5 as R4 sees it: its address, where it may stand, and the types of its value."""
    url = f"http://hl7.org/fhir/5.0/StructureDefinition/extension-{name}"
    string = {
        "extension": [{"url": f"{BASE}/structuredefinition-fhir-type", "valueUrl": "uri"}],
        "code": "http://hl7.org/fhirpath/System.String",
    }
    part = {"min": 0, "max": "*"}
    elements = [
        {"id": "Extension", "path": "Extension", "definition": name, "base": {"path": "Extension"} | part} | part,
        {"id": "Extension.extension", "path": "Extension.extension", "min": 0, "max": "0",
         "base": {"path": "Element.extension"} | part, "type": [{"code": "Extension"}]},
        {"id": "Extension.url", "path": "Extension.url", "min": 1, "max": "1", "fixedUri": url,
         "base": {"path": "Extension.url", "min": 1, "max": "1"}, "type": [string]},
        {"id": "Extension.value[x]", "path": "Extension.value[x]", "min": 1, "max": "1",
         "base": {"path": "Extension.value[x]", "min": 0, "max": "1"}, "type": [{"code": t} for t in types]},
    ]  # fmt: skip
    plain = name.replace("[x]", "")
    return {
        "resourceType": "StructureDefinition", "id": "x-" + plain.replace(".", "-"), "url": url, "version": "5.0.0",
        "name": plain.replace(".", ""), "status": "active", "fhirVersion": "4.0.1", "kind": "complex-type",
        "abstract": False, "context": [{"type": "element", "expression": context}], "type": "Extension",
        "baseDefinition": f"{BASE}/Extension", "derivation": "constraint",
        "snapshot": {"element": elements}, "differential": {"element": elements},
    }  # fmt: skip


def main() -> None:
    """Build the store anew, write the stubs, compile the program."""
    shutil.rmtree(STORE, ignore_errors=True)
    home = {"canonical": "http://hl7.org/fhir", "url": "http://hl7.org/fhir/R4", "type": "Core"}
    lay_out(CORE, CORE_VERSION, core_definitions(), **home)
    for package in ("hl7.terminology.r4", "hl7.fhir.uv.extensions.r4", "hl7.fhir.uv.sdc", "hl7.fhir.uv.ips"):
        about = json.loads((PACKED / package / "package.json").read_bytes())
        kept = {k: about[k] for k in ("canonical", "url", "type") if k in about}
        files = dict(resources(package))
        files = with_short_references(files) if package.endswith("sdc") else files
        lay_out(package, about["version"], files, **kept)
    xver = {"canonical": "http://hl7.org/fhir/xver", "url": "http://hl7.org/fhir/xver", "type": "IG"}
    lay_out("hl7.fhir.xver-extensions", "0.0.12", {}, **xver)
    packages = "".join(f"{p.name} = 20260101000000\n" for p in sorted(STORE.iterdir()) if p.is_dir())
    (STORE / "packages.ini").write_text(f"[cache]\nversion = 3\n\n[urls]\n\n[local]\n\n[packages]\n{packages}")
    stubs = Path("xver")
    stubs.mkdir(exist_ok=True)
    for name, (context, types) in FROM_R5.items():
        resource = stub(name, context, types)
        (stubs / f"{resource['id']}.json").write_text(json.dumps(resource))
    jars = str(PACKED / "node-java-fhir-validator/src/java-pkgs/*")
    subprocess.run(["javac", "-cp", jars, "-d", "classes", str(HERE / "Validate.java")], check=True)


if __name__ == "__main__":
    main()
