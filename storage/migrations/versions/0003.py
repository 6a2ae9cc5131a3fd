"""What each channel is like when it is well: one baseline a channel."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_TIME = sa.TIMESTAMP(timezone=True).with_variant(sa.String(26), "sqlite")


def upgrade():
    op.create_table(
        "baselines",
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("channel", name="pk_baselines"),
    )
