"""The texts of revisions that another has followed, packed."""

import sqlalchemy as sa
from alembic import op

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0016"
down_revision = "0014"


def upgrade():
    op.create_table(
        "packed_texts",
        sa.Column("revision", _ID, nullable=False),
        sa.Column("base", _ID, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("revision", name="pk_packed_texts"),
        sa.ForeignKeyConstraint(
            ["revision"], ["revisions.id"], name="fk_packed_texts_revision", ondelete="CASCADE"
        ),
    )
