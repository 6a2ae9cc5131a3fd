"""Channels that people paused."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_TIME = sa.TIMESTAMP(timezone=True).with_variant(sa.String(26), "sqlite")


def upgrade():
    op.create_table(
        "pauses",
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("since", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("channel", name="pk_pauses"),
    )
