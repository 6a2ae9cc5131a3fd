"""Numbers are indexed whole (12.8), and with the character behind them; PostgreSQL's revisions with their block."""

from alembic import op

from storage import search

revision = "0017"
down_revision = "0016"


def upgrade():
    search.rebuild(op.get_bind())
