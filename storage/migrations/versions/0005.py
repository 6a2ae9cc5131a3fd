"""Alerts: subscriptions, destinations, and the outbox of notifications."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_TIME = sa.TIMESTAMP(timezone=True).with_variant(sa.String(26), "sqlite")
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    _subscriptions()
    _destinations()
    _notifications()
    meta = sa.table("meta", sa.column("name"), sa.column("value"))
    # The name of this database in the keys of messages; the mark of the subscriptions' present state.
    op.bulk_insert(
        meta,
        [
            {"name": "database_id", "value": secrets.token_hex(16)},
            {"name": "subscriptions", "value": "0"},
        ],
    )


def _subscriptions():
    op.create_table(
        "subscriptions",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("paused", sa.SmallInteger),
        sa.Column("muted_until", _TIME),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_subscriptions"),
    )


def _destinations():
    op.create_table(
        "destinations",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("tat", _TIME),
        sa.Column("free_at", _TIME),
        sa.Column("held_until", _TIME),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_destinations"),
    )


def _notifications():
    event = sa.ForeignKey("events.id", name="fk_notifications_event", ondelete="CASCADE")
    op.create_table(
        "notifications",
        sa.Column("id", _ID, nullable=False),
        sa.Column("event", _ID, event, nullable=False),
        sa.Column("subscription", sa.Text, nullable=False),
        sa.Column("destination", sa.Text, nullable=False),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("batch", sa.Text, nullable=False),
        sa.Column("story", _ID),
        sa.Column("also", sa.Text, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("due_at", _TIME),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("parts_done", sa.Integer, nullable=False),
        sa.Column("token", sa.Text),
        sa.Column("claimed_until", _TIME),
        sa.Column("sent_at", _TIME),
        sa.Column("answer", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notifications"),
        sa.UniqueConstraint(
            "event", "subscription", "destination", name="uq_notifications_event_subscription_destination"
        ),
    )
    _index("due", ["destination", "due_at", "id"], "state = 'waiting'")
    _index("in_order", ["destination", "stream", "id"], "state = 'waiting'")
    _index("of_stories", ["story", "subscription"], "story IS NOT NULL")
    _index("dead", ["id"], "state = 'dead'")


def _index(name, columns, condition):
    only = sa.text(condition)
    op.create_index(
        f"ix_notifications_{name}", "notifications", columns, sqlite_where=only, postgresql_where=only
    )
