"""Search by source, author, editor and section: the index is made anew, with a token for each."""

from alembic import op

from storage import search

revision = "0007"
down_revision = "0006"


def upgrade():
    search.rebuild(op.get_bind())
