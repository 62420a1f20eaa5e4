"""A mark for each person that changes with what is written."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the mark."""
    op.add_column("people", sa.Column("mark", sa.String(32), nullable=False, server_default=""))
