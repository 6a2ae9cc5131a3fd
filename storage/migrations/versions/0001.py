"""The first form: articles with all that belongs to them, runs, links, search."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_TIME = sa.TIMESTAMP(timezone=True).with_variant(sa.String(26), "sqlite")
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _article(table):
    return sa.ForeignKey("articles.id", name=f"fk_{table}_article", ondelete="CASCADE")


def upgrade():
    _meta()
    _runs()
    _articles()
    _addresses()
    _bodies()
    _revisions()
    _observations()
    _events()
    _links()
    _search()


def _meta():
    op.create_table(
        "meta",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_meta"),
    )


def _runs():
    op.create_table(
        "runs",
        sa.Column("id", _ID, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("started_at", _TIME, nullable=False),
        sa.Column("finished_at", _TIME),
        sa.Column("counts", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
    op.create_index("ix_runs_channel_started_at", "runs", ["channel", "started_at"])


def _articles():
    op.create_table(
        "articles",
        sa.Column("id", _ID, nullable=False),
        sa.Column("publisher", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("published_at", _TIME),
        sa.Column("revisions", sa.Integer, nullable=False),
        sa.Column("parts", sa.SmallInteger, nullable=False),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("rules", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("first_seen", _TIME, nullable=False),
        sa.Column("last_seen", _TIME, nullable=False),
        sa.Column("last_visit", _TIME, nullable=False),
        sa.Column("visits", sa.Integer, nullable=False),
        sa.Column("absences", sa.Integer, nullable=False),
        sa.Column("absent_since", _TIME),
        sa.Column("story", _ID),
        sa.UniqueConstraint("key", "publisher", name="uq_articles_key_publisher"),
        sa.PrimaryKeyConstraint("id", name="pk_articles"),
    )
    op.create_index("ix_articles_channel_first_seen_id", "articles", ["channel", "first_seen", "id"])
    op.create_index("ix_articles_first_seen_id", "articles", ["first_seen", "id"])
    op.create_index("ix_articles_content_hash", "articles", ["content_hash"])


def _addresses():
    op.create_table(
        "addresses",
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("article", _ID, _article("addresses")),
        sa.Column("part", sa.SmallInteger, nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("visited_at", _TIME, nullable=False),
        sa.Column("digest", sa.Text),
        sa.PrimaryKeyConstraint("url", name="pk_addresses"),
    )
    op.create_index("ix_addresses_article", "addresses", ["article"])


def _bodies():
    op.create_table(
        "bodies",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_bodies"),
    )


def _revisions():
    op.create_table(
        "revisions",
        sa.Column("id", _ID, nullable=False),
        sa.Column("article", _ID, _article("revisions"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("seen_at", _TIME, nullable=False),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("rules", sa.Text, nullable=False),
        sa.Column("canonical", sa.Text, nullable=False),
        sa.Column("fields", sa.Text, nullable=False),
        sa.Column("encoding", sa.Text, nullable=False),
        sa.Column("repairs", sa.Text, nullable=False),
        sa.Column("pages", sa.Text, nullable=False),
        sa.UniqueConstraint("article", "number", name="uq_revisions_article_number"),
        sa.PrimaryKeyConstraint("id", name="pk_revisions"),
    )


def _observations():
    op.create_table(
        "observations",
        sa.Column("id", _ID, nullable=False),
        sa.Column("article", _ID, _article("observations")),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("run", _ID),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("status", sa.SmallInteger),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_observations"),
    )
    op.create_index("ix_observations_article_at", "observations", ["article", "at"])
    op.create_index("ix_observations_at", "observations", ["at"])


def _events():
    op.create_table(
        "events",
        sa.Column("id", _ID, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("article", _ID, _article("events")),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("from_revision", sa.Integer),
        sa.Column("to_revision", sa.Integer),
        sa.Column("returned_to", sa.Integer),
        sa.Column("classes", sa.Text, nullable=False),
        sa.Column("weight", sa.SmallInteger, nullable=False),
        sa.Column("story", _ID),
        sa.Column("detail", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    op.create_index("ix_events_at", "events", ["at"])
    op.create_index("ix_events_article", "events", ["article"])
    only = sa.text("article IS NULL")
    op.create_index(
        "ix_events_of_channels", "events", ["channel", "id"], sqlite_where=only, postgresql_where=only
    )


def _links():
    op.create_table(
        "links",
        sa.Column("publisher", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("listing", sa.Text, nullable=False),
        sa.Column("listed_at", _TIME),
        sa.Column("first_seen", _TIME, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("tried_at", _TIME),
        sa.PrimaryKeyConstraint("publisher", "key", name="pk_links"),
    )
    op.create_index("ix_links_channel_attempts_first_seen", "links", ["channel", "attempts", "first_seen"])


def _search():
    if op.get_bind().dialect.name == "sqlite":
        # Which revision has which tokens, and nothing else: storage/search.py reads the text to be sure.
        # The ascii tokenizer takes every character beyond ASCII for a letter, whatever its Unicode version.
        op.execute(
            "CREATE VIRTUAL TABLE search USING fts5(tokens, content='', columnsize=0, detail=none,"
            " tokenize=ascii)"
        )
        return
    op.create_table(
        "search",
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("tokens", sa.dialects.postgresql.TSVECTOR, nullable=False),
        sa.PrimaryKeyConstraint("revision", name="pk_search"),
        sa.ForeignKeyConstraint(
            ["revision"], ["revisions.id"], name="fk_search_revision", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_search_tokens", "search", ["tokens"], postgresql_using="gin")
