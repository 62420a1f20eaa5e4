"""Other people's packages come pinned, without an address, and only as the ones that were agreed on."""

import hashlib
import json
from base64 import b64encode
from pathlib import Path

import pytest

from tests.interop import install
from tests.interop.install import InstallError, areas, check, digest


def test_no_lock_names_a_registry_and_every_package_has_a_checksum() -> None:
    for area in areas():
        assert not (area / "package.json").exists() or (area / "package-lock.json").exists(), area.name
        for lock in area.glob("package-lock.json"):
            packages = json.loads(lock.read_text("utf-8"))["packages"]
            fetched = {name: p for name, p in packages.items() if name and not p.get("link")}
            assert fetched
            assert [n for n, p in fetched.items() if "resolved" in p or "integrity" not in p] == [], area.name
        for packed in area.glob("packed.json"):
            for package, checksum in json.loads(packed.read_text("utf-8")).items():
                assert package.rpartition("@")[2][0].isdigit(), f"{package} names no version"
                assert checksum.startswith("sha512-")


def test_another_package_than_the_agreed_one_is_refused() -> None:
    agreed = "sha512-" + b64encode(hashlib.sha512(b"agreed").digest()).decode()
    check("a@1", b"agreed", agreed)
    with pytest.raises(InstallError, match="a@1 has the checksum sha512-"):
        check("a@1", b"another", agreed)


def test_an_area_is_prepared_once_and_again_after_a_change(tmp_path: Path) -> None:
    area, into = tmp_path / "area", tmp_path / "into"
    area.mkdir()
    (area / "prepare.py").write_text("open('ran', 'a').write('x')")
    (area / "test_it.py").write_text("")
    assert [install.install(area, into), install.install(area, into)] == [True, False]
    before = digest(area)
    (area / "test_it.py").write_text("changed")
    assert digest(area) == before
    (area / "prepare.py").write_text("open('ran', 'a').write('y')")
    assert install.install(area, into)
    assert (into / "ran").read_text() == "xy"


def test_a_failed_preparation_is_told_and_tried_again(tmp_path: Path) -> None:
    area, into = tmp_path / "area", tmp_path / "into"
    area.mkdir()
    (area / "prepare.py").write_text("raise SystemExit('no compiler')")
    for _ in range(2):
        with pytest.raises(InstallError, match="no compiler"):
            install.install(area, into)
