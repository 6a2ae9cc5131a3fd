"""One view of the store for a whole answer, and what it asked: asked again later, the same rows mean the same answer.

    with database.view() as view: ...      each `database.read` in here, in whatever thread, is one transaction
    view.questions()                       what was asked so far, with a digest of the rows; None: that is no proof
    database.still_hold(questions)         whether all of it brings the same rows now

The rows are those of one snapshot (SQLite: a read transaction; PostgreSQL: REPEATABLE READ), so that the digest is that
of the very rows that the answer was made from, whatever is committed meanwhile.
"""

from __future__ import annotations

import hashlib
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, event

#: More than these cost as much to ask again as the answer does to make.
MOST = 30

_Asked = tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Questions:
    """Statements as the driver got them, with their values, and a digest of all rows that they brought."""

    asked: _Asked
    digest: bytes

    def hold_in(self, connection: Connection) -> bool:
        """Whether they bring the same rows in this transaction."""
        return _digest(connection, self.asked) == self.digest


class View:
    """One read transaction, begun when something is asked first."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._connection: Connection | None = None
        self._asked: list[tuple[str, Any]] = []
        self._is_proof = True
        self.is_over = False

    def connection(self) -> Connection:
        """The connection of the transaction."""
        if self._connection is None:
            level = {} if self.engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
            self._connection = self.engine.connect().execution_options(**level)
            self._connection.begin()
            event.listen(self._connection, "after_cursor_execute", self._note)
        return self._connection

    def questions(self) -> Questions | None:
        """What was asked so far; None where nothing was, too much, or where something was written or failed."""
        if self._connection is None or not self._is_proof or not 0 < len(self._asked) <= MOST:
            return None
        asked = tuple(self._asked)
        digest = _digest(self._connection, asked)
        return Questions(asked, digest) if digest else None

    def spoil(self) -> None:
        """Something was written, or failed: what follows sees the store anew, and nothing is proved any more."""
        self._is_proof = False
        self._end()

    def close(self) -> None:
        """End it for good: what outlives the answer reads for itself."""
        self.is_over = True
        self._end()

    def _end(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _note(self, _: object, __: object, statement: str, parameters: Any, *___: object) -> None:
        self._asked.append((statement, parameters))


#: The view of the answer that is being made, where there is one.
VIEW: ContextVar[View | None] = ContextVar("newsdelta_view", default=None)


def _digest(connection: Connection, asked: _Asked) -> bytes:
    """A digest of all rows; b"" where the driver refuses."""
    digest, cursor = hashlib.blake2b(digest_size=16), connection.connection.cursor()
    try:
        for statement, parameters in asked:
            cursor.execute(statement, parameters)
            digest.update(repr(cursor.fetchall()).encode("utf-8", "surrogatepass"))
    except connection.dialect.loaded_dbapi.Error:
        return b""
    finally:
        cursor.close()
    return digest.digest()
