"""Diaries of several people: read, written, erased. What is confirmed is on the disk."""

import gc
import json
import uuid
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from crampwise.edges.store.cipher import SETTING, Cipher, Plain, new_lock, unlock
from crampwise.edges.store.database import compact, connect, files_of, lock_of, reading, writing
from crampwise.edges.store.tables import new_mark, people, records, settings
from crampwise.followup.plainly import KINDS, clashes, from_store, in_order, joined, key_of, to_plain
from crampwise.followup.records import Day, Diary, diary_day
from crampwise.logic.errors import InputError, Problem

_TOGETHER = 256


@dataclass(frozen=True)
class Person:
    """Someone who keeps a diary."""

    id: str
    name: str


class Saved(NamedTuple):
    """What writing one record did: the day that is no longer called free, and the mark before and after."""

    no_longer_free: Day | None
    before: str
    after: str


class Store:
    """An open store. Use `open_store` to get one."""

    def __init__(self, engine: Engine, cipher: Cipher, lock: bytes | None = None) -> None:
        self.engine = engine
        self.cipher = cipher
        self._opened = lock

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    @property
    def locked(self) -> bool:
        """Whether records are locked with a passphrase."""
        return not isinstance(self.cipher, Plain)

    def lock(self) -> bytes | None:
        """Give how the store is locked at this moment; None where it is not."""
        with reading(self.engine) as connection:
            return lock_of(connection)

    def _same_lock(self, connection: Connection) -> None:
        if lock_of(connection) != self._opened:
            raise InputError([Problem("store", "it was locked or unlocked in the meantime.", "Open it anew.")])

    # --- people

    def people(self) -> tuple[Person, ...]:
        """Give everyone, by name."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(people.c.id, people.c.payload)).all()
        return tuple(sorted((self._person(*row) for row in rows), key=lambda p: p.name))

    def person(self, name: str) -> Person:
        """Find someone.

        Raises:
            InputError: nobody has this name.
        """
        with reading(self.engine) as connection:
            wanted = select(people.c.id, people.c.payload).where(people.c.name_key == self.cipher.key(name))
            row = connection.execute(wanted).one_or_none()
        if row is None:
            remedy = "`crampwise diary people` lists everyone."
            raise InputError([Problem("diary", f"nobody here is called {name!r}.", remedy)])
        return self._person(*row)

    def add_person(self, name: str) -> Person:
        """Add someone.

        Raises:
            InputError: the name is taken or cannot be used.
        """
        if not name.strip() or len(name) > 100 or not name.isprintable():
            raise InputError([Problem("diary", "a name has 1 to 100 visible characters.")])
        added = Person(str(uuid.uuid4()), name)
        with writing(self.engine, self._same_lock) as connection:
            if connection.execute(select(people.c.id).where(people.c.name_key == self.cipher.key(name))).first():
                raise InputError([Problem("diary", f"there is already someone called {name!r}.")])
            self._write_person(connection, added)
        return added

    # --- diaries

    def diary(self, person: Person) -> Diary:
        """Give everything one person wrote down.

        Raises:
            InputError: a record was damaged.
        """
        return self.marked_diary(person)[1]

    def mark(self, person: Person) -> str | None:
        """Give the mark of what one person wrote down; it changes with each change. None: the person was erased."""
        with reading(self.engine) as connection:
            return connection.execute(select(people.c.mark).where(people.c.id == person.id)).scalar()

    def marked_diary(self, person: Person) -> tuple[str, Diary]:
        """Give the mark and everything that one person wrote down, as they belong together.

        Raises:
            InputError: a record was damaged.
        """
        wanted = select(records.c.kind, records.c.key, records.c.payload).where(records.c.person_id == person.id)
        with reading(self.engine) as connection:
            mark = connection.execute(select(people.c.mark).where(people.c.id == person.id)).scalar()
            rows = connection.execute(wanted).all()
        return mark or "", self._diary(person.id, rows)

    def save(self, person: Person, kind: str, record: Any, night_ends_hour: int) -> Saved:
        """Add a record, or put it in the place of the one with its id or day. On the disk when this returns.

        A cramp on a day that was called free takes that word back: an entry at night must not fail.

        Raises:
            InputError: a day is to be called free on which there is a cramp.
        """
        with writing(self.engine, self._same_lock) as connection:
            before, after = self._hold(connection, person)
            day = diary_day(record.start, night_ends_hour) if kind == "episodes" else None
            no_longer_free = self._not_free(connection, person, day) if day else None
            if kind == "days" and record.cramp_free:
                self._check(joined(self._read(connection, person), Diary(days=(record,))), night_ends_hour)
            self._put(connection, person.id, kind, [record])
        return Saved(no_longer_free, before, after)

    def _not_free(self, connection: Connection, person: Person, day: date) -> Day | None:
        key = self.cipher.key(day.isoformat())
        row = (records.c.person_id == person.id) & (records.c.kind == "days") & (records.c.key == key)
        payload = connection.execute(select(records.c.payload).where(row)).scalar()
        if payload is None:
            return None
        held: Day = from_store("days", json.loads(self.cipher.open(payload, f"{person.id}/days/{key}")))
        if not held.cramp_free:
            return None
        changed = replace(held, cramp_free=None)
        self._put(connection, person.id, "days", [changed])
        return changed

    def merge(self, person: Person, new: Diary, night_ends_hour: int) -> None:
        """Add a whole diary; records with the same id or day are replaced. All of it or nothing."""
        with writing(self.engine, self._same_lock) as connection:
            self._hold(connection, person)
            whole = self._read(connection, person)
            whole = joined(whole, new)
            self._check(whole, night_ends_hour)
            for kind in KINDS:
                self._put(connection, person.id, kind, getattr(new, kind))

    def remove(self, person: Person, kind: str, key: str) -> None:
        """Take one record away.

        Raises:
            InputError: there is none.
        """
        with writing(self.engine, self._same_lock) as connection:
            self._hold(connection, person)
            gone = delete(records).where(
                records.c.person_id == person.id, records.c.kind == kind, records.c.key == self.cipher.key(key)
            )
            if connection.execute(gone).rowcount == 0:
                raise InputError([Problem(key, "there is no such entry.", "`crampwise diary list` shows them.")])

    # --- erasing

    def erase_person(self, person: Person) -> int:
        """Erase someone with all records, and verify it; gives the number of records erased."""
        with writing(self.engine) as connection:
            count = self._count(connection, person.id)
            connection.execute(delete(records).where(records.c.person_id == person.id))
            connection.execute(delete(people).where(people.c.id == person.id))
        compact(self.engine)
        with reading(self.engine) as connection:
            left = self._count(connection, person.id)
            left += len(connection.execute(select(people.c.id).where(people.c.id == person.id)).all())
        if left:
            raise InputError([Problem("store", f"{left} rows are still there after erasing.", "Try again.")])
        return count

    def erase_everything(self) -> int:
        """Erase everyone, the lock too, and verify it; the files of a SQLite store are removed."""
        with writing(self.engine) as connection:
            count = int(connection.execute(select(func.count()).select_from(records)).scalar_one())
            for table in (records, people, settings):
                connection.execute(delete(table))
        compact(self.engine)
        with reading(self.engine) as connection:
            left = sum(
                connection.execute(select(func.count()).select_from(t)).scalar_one()
                for t in (records, people, settings)
            )
        self.close()
        for path in files_of(self.engine):
            path.unlink(missing_ok=True)
        left += sum(path.exists() for path in files_of(self.engine))
        if left:
            raise InputError([Problem("store", f"{left} rows or files are still there after erasing.", "Try again.")])
        return count

    # --- the lock

    def set_passphrase(self, passphrase: str | None) -> None:
        """Lock everything with a new passphrase, or with None unlock it; all or nothing."""
        fresh, setting = new_lock(passphrase) if passphrase else (Plain(), None)
        with writing(self.engine) as connection:
            everyone = [self._person(*row) for row in connection.execute(select(people.c.id, people.c.payload))]
            held = {p.id: self._read(connection, p) for p in everyone}
            for table in (records, people, settings):
                connection.execute(delete(table))
            renewed = Store(self.engine, fresh)
            if setting is not None:
                connection.execute(insert(settings).values(key=SETTING, value=setting))
            for person in everyone:
                renewed._write_person(connection, person)
                for kind in KINDS:
                    renewed._put(connection, person.id, kind, getattr(held[person.id], kind))
        self.cipher, self._opened = fresh, setting
        compact(self.engine)

    # --- rows

    def _hold(self, connection: Connection, person: Person) -> tuple[str, str]:
        """Make others wait who change the same diary, and mark the change; gives the mark before and after.

        Raises:
            InputError: the person is gone.
        """
        row = select(people.c.mark).where(people.c.id == person.id).with_for_update()
        before, after = connection.execute(row).scalar(), new_mark()
        if before is None:
            raise InputError([Problem("diary", "this person was erased in the meantime.")])
        connection.execute(update(people).where(people.c.id == person.id).values(mark=after))
        return before, after

    def _read(self, connection: Connection, person: Person) -> Diary:
        wanted = select(records.c.kind, records.c.key, records.c.payload).where(records.c.person_id == person.id)
        return self._diary(person.id, connection.execute(wanted).all())

    def _diary(self, person_id: str, rows: Any) -> Diary:
        """Read rows; payloads are parsed many at a time, which takes half the time of one by one."""
        held: dict[str, list[Any]] = {kind: [] for kind in KINDS}
        collecting = gc.isenabled()
        gc.disable()  # nothing here can be collected, and looking for it takes a third of the time
        try:
            for start in range(0, len(rows), _TOGETHER):
                some = rows[start : start + _TOGETHER]
                plain = [self.cipher.open(payload, f"{person_id}/{kind}/{key}") for kind, key, payload in some]
                parsed = json.loads(b"[" + b",".join(plain) + b"]")
                for (kind, _, _), values in zip(some, parsed, strict=True):
                    held[kind].append(from_store(kind, values))
        except (ValueError, TypeError, KeyError):
            raise InputError([Problem("store", "a record cannot be read.", "Restore a backup.")]) from None
        finally:
            if collecting:
                gc.enable()
        return in_order(Diary(**{kind: tuple(found) for kind, found in held.items()}))

    def _put(self, connection: Connection, person_id: str, kind: str, new: Any) -> None:
        rows = []
        for record in new:
            key = self.cipher.key(key_of(kind, record))
            data = json.dumps(to_plain(record), ensure_ascii=False).encode()
            sealed = self.cipher.seal(data, f"{person_id}/{kind}/{key}")
            rows.append({"person_id": person_id, "kind": kind, "key": key, "payload": sealed})
        if not rows:
            return
        mine = (records.c.person_id == person_id) & (records.c.kind == kind)
        for start in range(0, len(rows), 500):
            keys = [row["key"] for row in rows[start : start + 500]]
            connection.execute(delete(records).where(mine & records.c.key.in_(keys)))
        try:
            connection.execute(insert(records), rows)
        except IntegrityError:
            raise InputError([Problem("store", "someone else wrote the same entry just now.", "Try again.")]) from None

    def _check(self, diary: Diary, night_ends_hour: int) -> None:
        if problems := [Problem("diary", what) for what in clashes(diary, night_ends_hour)]:
            raise InputError(problems)

    def _person(self, id_: str, payload: bytes) -> Person:
        return Person(id_, self.cipher.open(payload, f"people/{id_}").decode())

    def _write_person(self, connection: Connection, person: Person) -> None:
        sealed = self.cipher.seal(person.name.encode(), f"people/{person.id}")
        row = {"id": person.id, "name_key": self.cipher.key(person.name), "payload": sealed, "mark": new_mark()}
        connection.execute(insert(people).values(row))

    def _count(self, connection: Connection, person_id: str) -> int:
        counted = select(func.count()).select_from(records).where(records.c.person_id == person_id)
        return int(connection.execute(counted).scalar_one())


def open_store(place: str, passphrase: str | None = None) -> Store:
    """Open a store, or make one.

    Raises:
        MissingFileError: it cannot be reached. InputError: it is damaged, newer, not a store, or locked otherwise.
    """
    engine = connect(place)
    try:
        with reading(engine) as connection:
            setting = lock_of(connection)
            anyone = connection.execute(select(people.c.id)).first()
        if setting is None and not passphrase:
            return Store(engine, Plain())
        if setting is not None and not passphrase:
            remedy = "Give its passphrase in CRAMPWISE_PASSPHRASE."
            raise InputError([Problem("store", "this store is locked.", remedy)])
        if setting is not None:
            return Store(engine, unlock(str(passphrase), setting), setting)
        if anyone is not None:
            remedy = "`crampwise diary lock` locks it; or leave the passphrase out."
            raise InputError([Problem("store", "this store is not locked.", remedy)])
        store = Store(engine, Plain())
        store.set_passphrase(passphrase)
        return store
    except BaseException:
        engine.dispose()
        raise


def is_locked(place: str) -> bool:
    """Say whether a store needs a passphrase; one that is not there yet does not."""
    engine = connect(place)
    try:
        with reading(engine) as connection:
            return lock_of(connection) is not None
    finally:
        engine.dispose()
