"""What the store promises, on SQLite and on PostgreSQL."""

import json
import sqlite3
import stat
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from crampwise.edges.store.cipher import Locked
from crampwise.edges.store.database import connect, reading, writing
from crampwise.edges.store.store import open_store
from crampwise.edges.store.tables import HEAD, metadata
from crampwise.followup.records import Day, Diary, Episode, MedicineChange, TrialRecord
from crampwise.logic.errors import Exit, InputError, MissingFileError
from tests.support.diaries import diary_of

NIGHT = Episode(id="e1", start=datetime(2026, 11, 20, 3, 10, tzinfo=UTC), muscles=("calf",), note="äöü 😀 secret-note")
WHOLE = Diary(
    (NIGHT,),
    (Day(day=date(2026, 11, 18), cramp_free=True, sleep_h=7.5),),
    (MedicineChange(id="m1", day=date(2026, 11, 1), name="indapamide", event="started"),),
    (
        TrialRecord(
            id="t1", action="i_bedclothes", start=date(2026, 11, 1), plan={"a": [1]}, kept={date(2026, 11, 2): True}
        ),
    ),
)


def test_what_is_written_is_read(place: str) -> None:
    store = open_store(place)
    me = store.add_person("Ada")
    store.merge(me, WHOLE, 8)
    store.close()
    again = open_store(place)
    assert again.diary(again.person("Ada")) == WHOLE
    again.close()


def test_several_people_are_kept_apart(place: str) -> None:
    store = open_store(place)
    ada, bob = store.add_person("Ada"), store.add_person("Bob")
    store.save(ada, "episodes", NIGHT, 8)
    assert store.diary(bob) == Diary()
    assert [p.name for p in store.people()] == ["Ada", "Bob"]
    with pytest.raises(InputError, match="already someone"):
        store.add_person("Ada")
    with pytest.raises(InputError, match="nobody here is called 'Eve'"):
        store.person("Eve")
    store.erase_person(ada)
    assert [p.name for p in store.people()] == ["Bob"]
    with pytest.raises(InputError, match="erased in the meantime"):
        store.save(ada, "episodes", NIGHT, 8)
    store.close()


def test_a_record_is_completed_later_and_removed(place: str) -> None:
    store = open_store(place)
    me = store.add_person("Ada")
    store.save(me, "episodes", NIGHT, 8)
    store.save(me, "episodes", replace(NIGHT, pain=7), 8)
    assert store.diary(me).episodes == (replace(NIGHT, pain=7),)
    store.remove(me, "episodes", "e1")
    assert store.diary(me) == Diary()
    with pytest.raises(InputError, match="no such entry"):
        store.remove(me, "episodes", "e1")
    store.close()


def test_a_cramp_takes_the_word_free_back_but_not_the_other_way_round(place: str) -> None:
    store = open_store(place)
    me = store.add_person("Ada")
    free = Day(day=date(2026, 11, 19), cramp_free=True, sleep_h=6)
    store.save(me, "days", free, 8)
    assert store.save(me, "episodes", NIGHT, 8).no_longer_free
    assert store.diary(me).days == (replace(free, cramp_free=None),)
    with pytest.raises(InputError, match="called free of cramps, but there is a cramp"):
        store.save(me, "days", free, 8)
    assert store.diary(me).days == (replace(free, cramp_free=None),)
    store.close()


def test_a_merge_happens_whole_or_not_at_all(place: str) -> None:
    store = open_store(place)
    me = store.add_person("Ada")
    store.merge(me, WHOLE, 8)
    clash = Diary(
        (replace(NIGHT, id="e2", start=datetime(2026, 11, 18, 12, tzinfo=UTC)),), (Day(day=date(2026, 11, 10)),)
    )
    with pytest.raises(InputError, match="2026-11-18 is called free"):
        store.merge(me, clash, 8)
    assert store.diary(me) == WHOLE
    store.close()


# --- locked


def bytes_of(place: str) -> bytes:
    """Everything that lies in the database."""
    if "://" not in place:
        return Path(place).read_bytes()
    engine = connect(place)
    found = b""
    with reading(engine) as connection:
        for table in metadata.sorted_tables:
            found += repr([tuple(map(bytes_or_text, row)) for row in connection.execute(table.select())]).encode()
    engine.dispose()
    return found


def bytes_or_text(value):
    return bytes(value) if isinstance(value, memoryview) else value


def test_a_locked_store_shows_nothing_and_opens_with_its_passphrase_only(place: str) -> None:
    store = open_store(place, "correct horse")
    me = store.add_person("Ada Lovelace")
    store.merge(me, WHOLE, 8)
    store.close()
    raw = bytes_of(place)
    for hidden in (b"Lovelace", b"secret-note", b"calf", b"2026-11", b"indapamide"):
        assert hidden not in raw
    with pytest.raises(InputError, match="this store is locked"):
        open_store(place)
    with pytest.raises(InputError, match="not the passphrase"):
        open_store(place, "correct house")
    again = open_store(place, "correct horse")
    assert again.diary(again.person("Ada Lovelace")) == WHOLE
    again.close()


def test_locking_and_unlocking_keeps_everything_and_leaves_no_trace(place: str) -> None:
    store = open_store(place)
    store.merge(store.add_person("Ada Lovelace"), WHOLE, 8)
    assert b"secret-note" in bytes_of(place)
    store.set_passphrase("first")
    assert b"secret-note" not in bytes_of(place)
    assert store.diary(store.person("Ada Lovelace")) == WHOLE
    store.set_passphrase("second")
    store.close()
    with pytest.raises(InputError, match="not the passphrase"):
        open_store(place, "first")
    again = open_store(place, "second")
    again.set_passphrase(None)
    again.close()
    plain = open_store(place)
    assert plain.diary(plain.person("Ada Lovelace")) == WHOLE
    with pytest.raises(InputError, match="this store is not locked"):
        open_store(place, "second")
    plain.close()


def test_whoever_opened_a_store_before_it_was_locked_writes_nothing_more(place: str) -> None:
    early, late = open_store(place), open_store(place)
    person = early.add_person("me")
    late.set_passphrase("a long passphrase")
    day = Day(day=date(2026, 1, 1), note="secret")
    with pytest.raises(InputError, match="locked or unlocked in the meantime"):
        early.save(person, "days", day, 12)
    with pytest.raises(InputError, match="locked or unlocked in the meantime"):
        early.add_person("you")
    assert late.diary(person) == Diary()
    late.save(person, "days", day, 12)
    early.close()
    late.close()
    again = open_store(place, "a long passphrase")
    assert again.diary(person).days == (day,)
    again.close()


def test_a_record_moved_or_changed_outside_is_noticed(place: str) -> None:
    store = open_store(place, "x")
    me = store.add_person("Ada")
    store.save(me, "episodes", NIGHT, 8)
    store.save(me, "episodes", replace(NIGHT, id="e2"), 8)
    with writing(store.engine) as connection:
        rows = connection.execute(text("SELECT key, payload FROM records")).all()
        for (key, _), (_, other) in zip(rows, rows[::-1], strict=True):
            connection.execute(text("UPDATE records SET payload = :p WHERE key = :k"), {"p": other, "k": key})
    with pytest.raises(InputError, match="changed outside"):
        store.diary(me)
    store.close()


def test_the_same_text_is_never_locked_the_same_way_twice() -> None:
    cipher = Locked(b"k" * 32, b"n" * 32)
    assert cipher.seal(b"a", "p") != cipher.seal(b"a", "p")


# --- erased


def test_erasing_a_person_leaves_nothing_of_them(place: str) -> None:
    store = open_store(place)
    ada, bob = store.add_person("Ada Lovelace"), store.add_person("Bob")
    store.merge(ada, WHOLE, 8)
    store.save(bob, "episodes", replace(NIGHT, note="keep-me"), 8)
    assert store.erase_person(ada) == 4
    raw = bytes_of(place)
    assert b"Lovelace" not in raw and b"secret-note" not in raw and b"keep-me" in raw
    store.close()


def test_erasing_everything(place: str) -> None:
    store = open_store(place, "x")
    store.merge(store.add_person("Ada"), WHOLE, 8)
    assert store.erase_everything() == 4
    if "://" not in place:
        assert not list(Path(place).parent.iterdir())
    fresh = open_store(place)
    assert fresh.people() == () and not fresh.locked
    fresh.close()


# --- the database itself


def test_a_new_store_has_the_tables_of_the_present_form(place: str) -> None:
    engine = connect(place)
    with reading(engine) as connection:
        from alembic.autogenerate import compare_metadata
        from alembic.migration import MigrationContext

        context = MigrationContext.configure(connection)
        assert context.get_current_revision() == HEAD
        differing = compare_metadata(context, metadata)
        assert [d for d in differing if getattr(d[1], "name", "") != "alembic_version"] == []
    engine.dispose()


def test_a_newer_store_is_refused_and_not_touched(place: str) -> None:
    store = open_store(place)
    store.merge(store.add_person("Ada"), WHOLE, 8)
    with writing(store.engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    before = bytes_of_raw(place)
    with pytest.raises(InputError, match=r"newer crampwise \(form 9999\)") as refused:
        open_store(place)
    assert refused.value.code is Exit.BAD_INPUT
    assert bytes_of_raw(place) == before


def bytes_of_raw(place: str) -> bytes:
    if "://" not in place:
        return Path(place).read_bytes()
    import psycopg

    with psycopg.connect(place) as connection:
        tables = ("alembic_version", "people", "records", "settings")
        return repr([connection.execute(f"SELECT * FROM {t} ORDER BY 1").fetchall() for t in tables]).encode()


def test_another_database_is_refused_and_not_touched(place: str) -> None:
    engine = connect(place)
    with writing(engine) as connection:
        for table in ("alembic_version", "records", "people", "settings"):
            connection.execute(text(f"DROP TABLE {table}"))
        connection.execute(text("CREATE TABLE things (a INTEGER)"))
    engine.dispose()
    with pytest.raises(InputError, match="is not a diary of crampwise"):
        open_store(place)


@pytest.mark.parametrize("damage", ["text", "torn", "page"])
def test_a_damaged_file_is_refused_and_not_touched(damage: str, tmp_path: Path) -> None:
    path = tmp_path / "diary.sqlite"
    store = open_store(str(path))
    store.merge(store.add_person("Ada"), diary_of([1] * 400), 8)
    store.close()
    data = path.read_bytes()
    broken = {
        "text": b"this is a letter, not a diary" * 50,
        "torn": data[: len(data) // 2],
        "page": data[:8192] + b"\xff" * 8192 + data[16384:],
    }
    path.write_bytes(broken[damage])
    with pytest.raises(InputError, match="the store is damaged or is no database"):
        open_store(str(path))
    assert path.read_bytes() == broken[damage]
    assert [p.name for p in tmp_path.iterdir()] == ["diary.sqlite"]


def test_a_database_that_cannot_be_reached_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="the store cannot be opened"):
        open_store("postgresql://tester@/nowhere?host=/nonexistent")
    with pytest.raises(InputError, match="cannot lie in mysql"):
        open_store("mysql://host/name")
    (tmp_path / "file").write_text("")
    with pytest.raises(MissingFileError, match="cannot be used"):
        open_store(str(tmp_path / "file" / "diary.sqlite"))


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "diary.sqlite"
    open_store(str(path)).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_broken_record_is_told_without_its_content(place: str) -> None:
    store = open_store(place)
    me = store.add_person("Ada")
    store.save(me, "episodes", NIGHT, 8)
    with writing(store.engine) as connection:
        connection.execute(text("UPDATE records SET payload = :p"), {"p": json.dumps({"id": "secret"}).encode()})
    with pytest.raises(InputError, match="a record cannot be read") as told:
        store.diary(me)
    assert "secret" not in str(told.value)
    store.close()


def test_messages_of_the_database_hold_no_health_data(place: str) -> None:
    store = open_store(place)
    me = store.add_person("Ada")
    with writing(store.engine) as connection:
        connection.execute(text("ALTER TABLE records RENAME TO gone"))
    with pytest.raises((InputError, MissingFileError)) as told:
        store.save(me, "medicines", WHOLE.medicines[0], 8)
    assert "indapamide" not in str(told.value)
    store.close()


# --- every released form

RELEASED = Path(__file__).parent / "released"


def test_every_form_has_a_released_example() -> None:
    assert [p.stem for p in sorted(RELEASED.glob("*.sql"))] == [f"{n:04}" for n in range(1, int(HEAD) + 1)]


@pytest.mark.parametrize("dump", sorted(RELEASED.glob("*.sql")), ids=lambda p: p.stem)
def test_a_store_of_every_released_form_is_brought_forward_with_all_it_holds(dump: Path, place: str) -> None:
    script = dump.read_text("utf-8")
    if "://" not in place:
        with sqlite3.connect(place) as connection:
            connection.executescript(script)
        connection.close()
    else:
        import psycopg

        with psycopg.connect(place) as pg:
            pg.execute(script.replace("BLOB", "BYTEA").replace("X'", "'\\x"))
    store = open_store(place)
    assert [p.name for p in store.people()] == ["Ada"]
    assert store.diary(store.person("Ada")) == WHOLE
    store.close()


# --- marks


def test_the_mark_changes_with_every_change_and_with_nothing_else(place: str) -> None:
    store = open_store(place)
    me, other = store.add_person("me"), store.add_person("other")
    others = store.mark(other)
    seen = [store.mark(me)]
    steps = [
        lambda: store.save(me, "episodes", WHOLE.episodes[0], 8),
        lambda: store.save(me, "episodes", WHOLE.episodes[0], 8),
        lambda: store.merge(me, WHOLE, 8),
        lambda: store.remove(me, "episodes", WHOLE.episodes[0].id),
        lambda: store.set_passphrase("correct horse"),
    ]
    for step in steps:
        step()
        seen.append(store.mark(me))
        assert store.marked_diary(me) == (seen[-1], store.diary(me))
        assert store.mark(me) == seen[-1]
    assert len(set(seen)) == len(seen)
    store.save(other, "episodes", WHOLE.episodes[0], 8)
    assert store.mark(other) != others
    assert store.mark(me) == seen[-1]
    store.erase_person(me)
    assert store.mark(me) is None
    store.close()
