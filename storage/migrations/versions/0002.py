"""What the revisit plan of each host has learned."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_TIME = sa.TIMESTAMP(timezone=True).with_variant(sa.String(26), "sqlite")


def upgrade():
    op.create_table(
        "plans",
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("saved_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("host", name="pk_plans"),
    )
