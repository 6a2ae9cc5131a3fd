"""Leafing through the events of a kind, of a channel, and the edits of a class or weight, in a long history.

The index of all but new articles is replaced: SQLite, which cannot tell that 'edited' is not 'new', never used it.
"""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade():
    op.drop_index("ix_events_of_note", "events")
    op.create_index("ix_events_of_kind", "events", ["kind", "id", "weight", "classes", "channel"])
    op.create_index("ix_events_channel_id", "events", ["channel", "id"])
