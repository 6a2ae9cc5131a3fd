"""Search by source, author, editor and section: a token for each, with which 0017 makes the index anew."""

revision = "0007"
down_revision = "0006"


def upgrade():
    pass
