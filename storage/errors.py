"""The exceptions of newsdelta.

NewsdeltaError
├── ConfigError           a setting is wrong: names the file, the place and the mend
├── StorageError          the database failed
│   ├── DatabaseUnreachable
│   ├── DatabaseBusy      another process holds the lock
│   ├── SchemaTooNew      written by a newer newsdelta
│   ├── DatabaseEmpty     nothing was made in it yet
│   ├── NotFound          no such article, revision or channel
│   └── ArchiveError      a WARC file is missing, damaged or cannot be written
└── PageError             one page could not be used; the run goes on
    ├── FetchFailed       no answer, or an answer that is no page
    ├── Undecodable       the bytes are no text
    ├── TemplateUnknown   the page matches no template
    └── PageAbsent        the page itself says that the article is not there
"""

from __future__ import annotations

from storage.records import Outcome


class NewsdeltaError(Exception):
    """The base of all. Carries the id of what failed (`subject`: a URL, a file, an article) and the mend.

    Its text reads "message: subject. mend".
    """

    def __init__(self, message: str, *, subject: str = "", mend: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.subject = subject
        self.mend = mend

    def __str__(self) -> str:
        text = f"{self.message}: {self.subject}" if self.subject else self.message
        return f"{text}. {self.mend}" if self.mend else text


class ConfigError(NewsdeltaError):
    """A setting is wrong. `subject` is "file, line or key"."""


class StorageError(NewsdeltaError):
    """The database failed. The original error is chained."""


class DatabaseUnreachable(StorageError):
    """The database cannot be opened or does not answer."""


class DatabaseBusy(StorageError):
    """Another process holds the database's lock for longer than we wait."""


class SchemaTooNew(StorageError):
    """The database was written by a newer newsdelta; nothing was touched."""


class DatabaseEmpty(StorageError):
    """There are no tables yet, and none were to be made."""


class NotFound(StorageError):
    """The store has no such article, revision or channel."""


class ArchiveError(StorageError):
    """A file of the archive is missing, is damaged, or cannot be written."""


class PageError(NewsdeltaError):
    """One page could not be used. `subject` is its URL."""


class FetchFailed(PageError):
    """The server gave no answer, or one that is no page."""


class Undecodable(PageError):
    """The bytes are not text in any encoding we know."""


class TemplateUnknown(PageError):
    """The page matches no template of its publisher, so nothing of it is stored."""


class PageAbsent(PageError):
    """The page itself says that the article is not there; `outcome` says in which way."""

    def __init__(self, message: str, outcome: Outcome, *, subject: str = "") -> None:
        super().__init__(message, subject=subject)
        self.outcome = outcome
        self.args = (message, outcome)  # what a copy in another process is made from
