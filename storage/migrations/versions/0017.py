"""Numbers are indexed whole (12.8), with the character behind them, and with the channel; PostgreSQL's with a block."""

import logging

from alembic import op
from sqlalchemy import func, select

from storage import search
from storage.schema import revisions

revision = "0017"
down_revision = "0016"

#: So many texts are indexed in half a minute: of more, people are told why they wait.
MANY = 100_000


def upgrade():
    count = op.get_bind().execute(select(func.count()).select_from(revisions)).scalar_one()
    if count > MANY:
        minutes = count / MANY / 2
        text = "The index of search is made anew from %d texts, once: that takes some %.0f minutes"
        logging.getLogger(__name__).warning(text, count, minutes)
    search.rebuild(op.get_bind())
