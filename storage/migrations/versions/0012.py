"""Crawls handed out to workers, and the workers."""

import sqlalchemy as sa
from alembic import op

from storage.schema import UtcTime, Words

revision = "0012"
down_revision = "0011"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table(
        "crawls",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("task", Words, nullable=False),
        sa.Column("asked_at", UtcTime, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("worker", sa.Text, nullable=False),
        sa.Column("started_at", UtcTime),
        sa.Column("finished_at", UtcTime),
        sa.Column("beat_at", UtcTime),
        sa.Column("progress", Words, nullable=False),
        sa.Column("result", Words, nullable=False),
        sa.Column("error", Words, nullable=False),
        sa.Column("sent", sa.Integer, nullable=False),
        sa.Column("gap", sa.Float, nullable=False),
        sa.Column("held_until", UtcTime),
        sa.PrimaryKeyConstraint("id", name="pk_crawls"),
    )
    still_open = {
        "sqlite_where": sa.text("finished_at IS NULL"),
        "postgresql_where": sa.text("finished_at IS NULL"),
    }
    op.create_index("ix_crawls_open", "crawls", ["id"], **still_open)
    op.create_index("ix_crawls_of_host", "crawls", ["host", "finished_at"])
    op.create_table(
        "workers",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("concurrency", sa.Integer, nullable=False),
        sa.Column("since", UtcTime, nullable=False),
        sa.Column("beat_at", UtcTime, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_workers"),
    )
