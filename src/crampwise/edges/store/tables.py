"""The tables of the store in their present form. Each change here needs a step in `migrations/versions`."""

import uuid

from sqlalchemy import Column, ForeignKeyConstraint, LargeBinary, MetaData, PrimaryKeyConstraint, String, Table

HEAD = "0002"
"""The step that leads to this form."""

metadata = MetaData()

settings = Table(
    "settings", metadata, Column("key", String(64), primary_key=True), Column("value", LargeBinary, nullable=False)
)
"""What the store says of itself: how it is locked."""

people = Table(
    "people",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name_key", String(128), nullable=False, unique=True),
    Column("payload", LargeBinary, nullable=False),
    Column("mark", String(32), nullable=False, server_default=""),
)
"""One row for each person; `name_key` is the name, or in a locked store a keyed digest of it.

`mark` is drawn anew whenever something of this person is written, so that who holds the diary sees that it changed.
"""

records = Table(
    "records",
    metadata,
    Column("person_id", String(36), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("key", String(128), nullable=False),
    Column("payload", LargeBinary, nullable=False),
    PrimaryKeyConstraint("person_id", "kind", "key"),
    ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
)
"""One row for each record; `key` is its id or day, or in a locked store a keyed digest of it."""


def new_mark() -> str:
    """Draw a mark that no state of a diary had before."""
    return uuid.uuid4().hex
