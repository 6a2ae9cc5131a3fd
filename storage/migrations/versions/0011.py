"""The archive: its files and records; visits by day, in place of old observations that said the same."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_TIME = sa.TIMESTAMP(timezone=True).with_variant(sa.String(26), "sqlite")
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    _files()
    _records()
    _days()


def _files():
    op.create_table(
        "archive_files",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("last_at", _TIME, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_archive_files"),
        sa.UniqueConstraint("name", name="uq_archive_files_name"),
    )


def _records():
    op.create_table(
        "archive_records",
        sa.Column("id", _ID, nullable=False),
        sa.Column("file", _ID, nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("pinned", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_archive_records"),
        sa.ForeignKeyConstraint(
            ["file"], ["archive_files.id"], name="fk_archive_records_file", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("file", "offset", name="uq_archive_records_file_offset"),
    )
    op.create_index("ix_archive_records_digest", "archive_records", ["digest"])
    op.create_index("ix_archive_records_url_at", "archive_records", ["url", "at"])


def _days():
    op.create_table(
        "visit_days",
        sa.Column("article", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("article", "channel", "day", "outcome", name="pk_visit_days"),
    )
