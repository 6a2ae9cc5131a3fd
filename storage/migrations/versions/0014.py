"""What listings showed when they were read last, and how far each is known."""

import sqlalchemy as sa
from alembic import op

from storage.schema import UtcTime, Words

revision = "0014"
down_revision = "0013"


def upgrade():
    op.create_table(
        "listings",
        sa.Column("url", Words, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("shows", Words, nullable=False),
        sa.Column("changed_at", UtcTime, nullable=False),
        sa.Column("depth", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("url", name="pk_listings"),
    )
    absent = {
        "sqlite_where": sa.text("state <> 'present'"),
        "postgresql_where": sa.text("state <> 'present'"),
    }
    op.create_index("ix_articles_absent", "articles", ["channel"], **absent)
