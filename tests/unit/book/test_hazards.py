"""A hazard that names what does not exist, or a judgement that there is none of, is refused with file and line."""

from pathlib import Path

import pytest

from crampwise.book.load import content_files, load_book
from crampwise.logic.errors import BookError

MINIMAL = Path(__file__).parents[2] / "content" / "minimal"
HAZARD = """\
hazards:
  - id: h_{id}
    name: A lump is overlooked
    harm: It grows.
    causes: [It does not hurt.]
    severity: {severity}
    before: medium
    after: low
    red_flags: [{flag}]
    properties: [{property}]
    tests: [tests/content/test_broken.py::test_a_mistake_is_told_as_expected]
    residual: Small lumps.
    basis: expert_estimate
"""


def load(tmp_path: Path, **said: str):
    values = {"id": "lump", "severity": "major", "flag": "t_seizure", "property": "S1"} | said
    for file in content_files(MINIMAL):
        target = tmp_path / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.data)
    (tmp_path / "hazards.yaml").write_text(HAZARD.format(**values), "utf-8")
    return load_book(content_files(tmp_path))


@pytest.fixture
def flag() -> str:
    return sorted(load_book(content_files(MINIMAL)).red_flags)[0]


def test_a_sound_hazard_is_read(tmp_path: Path, flag: str) -> None:
    hazard = load(tmp_path, flag=flag).hazards["h_lump"]
    assert hazard.red_flags == (flag,)
    assert hazard.properties == ("S1",)
    assert hazard.after == "low"


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"flag": "t_nowhere"}, "there is no red flag called 't_nowhere'"),
        ({"severity": "dreadful"}, "'dreadful' is not one of minor, significant"),
        ({"property": "S11"}, "'S11' is not one of P1, N1, S1"),
    ],
)
def test_what_does_not_exist_is_refused(tmp_path: Path, flag: str, said: dict[str, str], message: str) -> None:
    with pytest.raises(BookError) as refused:
        load(tmp_path, **({"flag": flag} | said))
    assert message in str(refused.value)
    assert "hazards.yaml:" in str(refused.value)
