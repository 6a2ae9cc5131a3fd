"""The numbers of PostgreSQL's advisory locks, all in one place: two uses of one number would wait for each other."""

from enum import IntEnum, unique


@unique
class Lock(IntEnum):
    """What each lock keeps others from, while one does it."""

    UPGRADE = 7102024  # bringing the tables up to date
    WATCH = 7102025  # watching the database: held for as long as a watcher lives
    QUEUE_TABLES = 7102026  # making the queue's tables
    SUBSCRIPTIONS = 7102027  # changing who is told
    STORIES = 7102028  # giving an article its story
    CHANNEL = 7102029  # telling that a channel is broken or well (with the channel's hash as second number)
