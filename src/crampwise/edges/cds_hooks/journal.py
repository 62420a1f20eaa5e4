"""What has to outlast a restart: tokens already used, cards given out, and what became of them. No health data.

A comment that a clinician writes may hold anything; it is kept here, in a file of the owner alone, and nowhere else.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from crampwise.logic.errors import MissingFileError, Problem

_TABLES = """
create table if not exists used (iss text, jti text, until integer, primary key (iss, jti)) without rowid;
create index if not exists used_until on used (until);
create table if not exists cards (card text primary key, service text, about text, given integer) without rowid;
create table if not exists feedback (
    id integer primary key, client text, service text, card text, outcome text, at text, suggestions text,
    reason text, reason_system text, comment text, received integer
);
create index if not exists feedback_card on feedback (card);
"""
_BUSY_SECONDS = 5


@dataclass(frozen=True)
class Feedback:
    """What became of one card.

    Attributes:
        outcome: accepted or overridden. at: when, as the client wrote it. suggestions: ids of those accepted.
        reason, reason_system: the coded reason for overriding. comment: in the clinician's words.
    """

    card: str
    outcome: str
    at: str
    suggestions: tuple[str, ...] = ()
    reason: str | None = None
    reason_system: str | None = None
    comment: str | None = None


def own_journal() -> Path:
    """Give the place of this user's journal."""
    return Path(platformdirs.user_state_dir("crampwise")) / "cds-hooks.db"


class Journal:
    """The file; shared by threads and worker processes."""

    def __init__(self, path: Path) -> None:
        """Open the file, made if missing, readable by its owner alone.

        Raises:
            MissingFileError: it cannot be opened, or is something else.
        """
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._db = sqlite3.connect(path, _BUSY_SECONDS, check_same_thread=False, isolation_level=None)
            self._db.execute("pragma journal_mode = wal")
            self._db.execute("pragma synchronous = full")
            self._db.executescript(_TABLES)
        except (OSError, sqlite3.Error) as error:
            reason = getattr(error, "strerror", None) or str(error)
            remedy = "Choose another --journal."
            raise MissingFileError([Problem(str(path), f"cannot be used: {reason}.", remedy)]) from None

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def first_use(self, iss: str, jti: str, until: int) -> bool:
        """Note a token as used until it ends; False if it was used before."""
        with self._writing() as db:
            db.execute("delete from used where until < ?", (int(time.time()),))
            done = db.execute("insert or ignore into used values (?, ?, ?)", (iss, jti, until))
            return done.rowcount == 1

    def give(self, service: str, cards: Iterable[tuple[str, str]]) -> None:
        """Note cards given out: their ids and what of the book each is about."""
        now = int(time.time())
        with self._writing() as db:
            db.executemany("insert into cards values (?, ?, ?, ?)", [(c, service, about, now) for c, about in cards])

    def keep(self, client: str, service: str, feedback: Sequence[Feedback]) -> None:
        """Keep feedback: all of it or, when something breaks, none."""
        rows = [
            (client, service, f.card, f.outcome, f.at, " ".join(f.suggestions), f.reason, f.reason_system, f.comment)
            for f in feedback
        ]
        with self._writing() as db:
            db.executemany(
                "insert into feedback (client, service, card, outcome, at, suggestions, reason, reason_system, comment,"
                " received) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(*row, int(time.time())) for row in rows],
            )

    def count(self) -> int:
        """Give how many pieces of feedback are kept."""
        return int(self._db.execute("select count(*) from feedback").fetchone()[0])

    def summary(self) -> list[dict[str, Any]]:
        """Count, for everything that cards were about: cards, accepted, overridden, and the reasons."""
        counts = self._db.execute(
            "select about, count(distinct cards.card), sum(outcome = 'accepted'), sum(outcome = 'overridden')"
            " from cards left join feedback using (card) group by about order by about"
        ).fetchall()
        reasons: dict[str, dict[str, int]] = {}
        for about, reason, count in self._db.execute(
            "select about, reason, count(*) from feedback join cards using (card)"
            " where reason is not null group by about, reason order by reason"
        ):
            reasons.setdefault(about, {})[reason] = count
        return [
            {"about": a, "cards": n, "accepted": yes or 0, "overridden": no or 0, "reasons": reasons.get(a, {})}
            for a, n, yes, no in counts
        ]

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._db.execute("begin immediate")
            try:
                yield self._db
            except BaseException:
                self._db.execute("rollback")
                raise
            self._db.execute("commit")
