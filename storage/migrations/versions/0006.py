"""Leafing through events, removals and stories; orders for crawls, the notes of runs; keys of programs."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_TIME = sa.TIMESTAMP(timezone=True).with_variant(sa.String(26), "sqlite")
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    _index("ix_events_of_note", "events", ["kind", "id"], "kind <> 'new'")
    _index("ix_articles_copies", "articles", ["id"], "story <> id")
    op.add_column("runs", sa.Column("notes", sa.Text, nullable=False, server_default="[]"))
    op.create_table(
        "orders",
        sa.Column("id", _ID, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("urls", sa.Text, nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("started_at", _TIME),
        sa.Column("finished_at", _TIME),
        sa.Column("beat_at", _TIME),
        sa.Column("run", _ID),
        sa.Column("progress", sa.Text, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
    )
    _index("ix_orders_open", "orders", ["id"], "finished_at IS NULL")
    op.create_table(
        "keys",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_keys"),
        sa.UniqueConstraint("name", name="uq_keys_name"),
    )


def _index(name, table, columns, condition):
    only = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)
