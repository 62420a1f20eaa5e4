"""Names are used again only for values that nothing reads any more."""

from random import Random

from crampwise.interpret.registers import reuse_names


def value_of(lines: list[tuple[str, str]], wanted: str, leaves: dict[str, int]) -> object:
    scope: dict[str, object] = dict(leaves)
    for name, expression in lines:
        scope[name] = eval(expression, {}, scope)
    return eval(wanted, {}, scope)


def test_a_dead_name_is_used_again() -> None:
    lines = [("v0", "a | b"), ("v1", "v0 & b"), ("v2", "v1 | a")]
    assert reuse_names(lines, "v2") == ([("r0", "a | b"), ("r0", "r0 & b"), ("r0", "r0 | a")], "r0")


def test_a_value_that_is_still_read_keeps_its_name() -> None:
    lines = [("v0", "a | b"), ("v1", "v0 & b"), ("v2", "v1 | v0")]
    assert reuse_names(lines, "v0 , v2")[0] == [("r0", "a | b"), ("r1", "r0 & b"), ("r1", "r1 | r0")]


def test_what_nothing_reads_is_left_out() -> None:
    lines = [("v0", "a | b"), ("v1", "v0 & a"), ("v2", "b & a")]
    assert reuse_names(lines, "v2") == ([("r0", "b & a")], "r0")


def test_a_name_in_brackets_and_behind_a_not_is_seen() -> None:
    lines = [("v0", "a | b"), ("v1", "b & ~ v0"), ("v2", "( v0 & v1 ) | ( b & a )")]
    written, wanted = reuse_names(lines, "( v2 , )")
    assert value_of(written, wanted, {"a": 1, "b": 3}) == (1,)


def test_random_code_gives_the_same_values() -> None:
    random = Random(7)
    for _ in range(200):
        leaves = {name: random.getrandbits(16) for name in "abcde"}
        known = list(leaves)
        lines = []
        for i in range(random.randint(1, 30)):
            operator = random.choice([" | ", " & ", " & ~ "])
            lines.append((f"v{i}", operator.join(random.choices(known, k=random.randint(2, 4)))))
            known.append(f"v{i}")
        wanted = " , ".join(random.choices(known, k=5))
        written, renamed = reuse_names(lines, wanted)
        assert value_of(written, renamed, leaves) == value_of(lines, wanted, leaves)
        assert len({name for name, _ in written}) <= len(written)
