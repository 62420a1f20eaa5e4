"""The store behind the diary pages: opened when first needed, and each diary held as long as nobody changes it."""

import os
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar

from crampwise.edges.store.cipher import Cipher, Plain, unlock
from crampwise.edges.store.database import connect, default_path, files_of
from crampwise.edges.store.store import Person, Store, open_store
from crampwise.edges.web.settings import Settings
from crampwise.followup.plainly import with_record
from crampwise.followup.records import Diary
from crampwise.logic.errors import InputError, Problem

PASSPHRASE = "CRAMPWISE_PASSPHRASE"  # noqa: S105 - the name of a variable
_MOST_HELD, _MOST_UNLOCKED = 8, 1000
_IDLE_S = 12 * 3600
T = TypeVar("T")


@dataclass
class Held:
    """One diary in memory, with what was worked out from it, as long as its mark stands."""

    mark: str
    diary: Diary
    made: dict[Any, Any] = field(default_factory=dict)


class Keeper:
    """Keeps the store of one app. Keys of a locked store stay in the memory of this process and nowhere else."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._store: Store | None = None
        self._file: tuple[int, int] | None = None
        self._keys: OrderedDict[tuple[str, bytes], tuple[Cipher, float]] = OrderedDict()
        self._held: OrderedDict[str, Held] = OrderedDict()
        self._guard = RLock()

    @property
    def place(self) -> str | None:
        """Where the store is; None where this site keeps no diaries."""
        return self.settings.diaries or (str(default_path()) if self.settings.keeps_diaries else None)

    @property
    def begun(self) -> bool:
        """Whether there may be a diary already: to look for one must not make a file."""
        return self.place is not None and ("://" in self.place or Path(self.place).expanduser().exists())

    def check(self) -> None:
        """Refuse a store that nobody could use: hosted, it has to open without asking anyone.

        Raises:
            MissingFileError, InputError: it cannot be opened, or it is locked.
        """
        if not self.settings.hosted or self.place is None:
            return
        try:
            if self.store("") is None:
                remedy = f"Give its passphrase in {PASSPHRASE}."
                raise InputError([Problem("--store", "the store is locked.", remedy)])
        finally:
            self.close()

    def store(self, token: str) -> Store | None:
        """Give the store as it opens for who holds this token; None while it is locked for them.

        Raises:
            MissingFileError: it cannot be reached. InputError: it is damaged, newer, or the passphrase does not fit.
        """
        whole = self._opened()
        setting = whole.lock()
        if setting is None:
            return Store(whole.engine, Plain())
        passphrase = os.environ.get(PASSPHRASE)
        token = "" if passphrase else token
        with self._guard:
            known = self._keys.get((token, setting))
            if known is None and passphrase:
                known = (unlock(passphrase, setting), time.monotonic())
            if known is None or (token and time.monotonic() - known[1] > _IDLE_S):
                return None
            self._keys[token, setting] = (known[0], time.monotonic())
        return Store(whole.engine, known[0], setting)

    def unlock(self, passphrase: str) -> str:
        """Unlock the store for one session; gives its token.

        Raises:
            InputError: the passphrase is not the one of this store.
        """
        setting = self._opened().lock()
        token = secrets.token_urlsafe(24)
        if setting is not None:
            cipher = unlock(passphrase, setting)
            with self._guard:
                self._keys[token, setting] = (cipher, time.monotonic())
                while len(self._keys) > _MOST_UNLOCKED:
                    self._keys.popitem(last=False)
        return token

    def lock_again(self, token: str) -> None:
        """Forget the keys of one session, and every diary held."""
        with self._guard:
            for key in [k for k in self._keys if k[0] == token]:
                del self._keys[key]
            self._held.clear()

    def diary(self, store: Store, person: Person) -> Diary:
        """Give one person's diary as it stands."""
        return self._now(store, person).diary

    def made(self, store: Store, person: Person, name: Any, make: Callable[[Diary], T]) -> T:
        """Give what is worked out from a diary, once for each state of it."""
        held = self._now(store, person)
        if name not in held.made:
            held.made[name] = make(held.diary)
        found: T = held.made[name]
        return found

    def save(self, store: Store, person: Person, kind: str, record: Any, night_ends_hour: int) -> None:
        """Write one record, and carry it into the diary held if nobody else changed that in between."""
        saved = store.save(person, kind, record, night_ends_hour)
        with self._guard:
            held = self._held.get(person.id)
            if held is None or held.mark != saved.before:
                return
            diary = with_record(held.diary, kind, record)
            if saved.no_longer_free is not None:
                diary = with_record(diary, "days", saved.no_longer_free)
            self._held[person.id] = Held(saved.after, diary)

    def close(self) -> None:
        """Let go of the store and of everything held."""
        with self._guard:
            if self._store is not None:
                self._store.close()
            self._store, self._file = None, None
            self._held.clear()

    def _now(self, store: Store, person: Person) -> Held:
        mark = store.mark(person)
        with self._guard:
            held = self._held.get(person.id)
            if held is not None and held.mark == mark:
                self._held.move_to_end(person.id)
                return held
        fresh = Held(*store.marked_diary(person))
        with self._guard:
            self._held[person.id] = fresh
            self._held.move_to_end(person.id)
            while len(self._held) > _MOST_HELD:
                self._held.popitem(last=False)
        return fresh

    def _opened(self) -> Store:
        """The store without its key. Another file in its place, or none, means that it was erased or restored."""
        with self._guard:
            if self._store is None or self._file != _file_of(self._store):
                self.close()
                place, passphrase = str(self.place), os.environ.get(PASSPHRASE)
                self._store = open_store(place, passphrase) if passphrase else Store(connect(place), Plain())
                self._file = _file_of(self._store)
            return self._store


def _file_of(store: Store) -> tuple[int, int] | None:
    """What tells the file of a SQLite store from another one of the same name."""
    for path in files_of(store.engine)[:1]:
        try:
            found = path.stat()
        except OSError:
            return (0, 0)
        return (found.st_dev, found.st_ino)
    return None
