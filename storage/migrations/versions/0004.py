"""Stories: the keys of texts by week, and the members of a story."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade():
    op.create_table(
        "story_keys",
        sa.Column("week", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("key", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("article", sa.BigInteger, nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("week", "key", "article", name="pk_story_keys"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_articles_story", "articles", ["story"])
