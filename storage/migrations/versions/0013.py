"""Feeds that hubs tell us of (WebSub)."""

import sqlalchemy as sa
from alembic import op

from storage.schema import UtcTime, Words

revision = "0013"
down_revision = "0012"


def upgrade():
    op.create_table(
        "hubs",
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("feed", sa.Text, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("hub", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("asked_at", UtcTime),
        sa.Column("lease_until", UtcTime),
        sa.Column("next_at", UtcTime, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("said", Words, nullable=False),
        sa.PrimaryKeyConstraint("token", name="pk_hubs"),
        sa.UniqueConstraint("channel", "feed", name="uq_hubs_channel_feed"),
    )
