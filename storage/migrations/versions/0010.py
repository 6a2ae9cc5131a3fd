"""Channels that break carry what would mend them: new selectors, as JSON."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade():
    op.add_column("events", sa.Column("healing", sa.Text))
