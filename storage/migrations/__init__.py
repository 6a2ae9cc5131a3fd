"""The history of the tables, run by Alembic. Its configuration is built here; there is no alembic.ini.

A new form: one file in `versions/`, its name added to the end of `VERSIONS`, and the same change in
`schema.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

#: Every form that this newsdelta knows, oldest first: a database at any other was written by a newer one.
VERSIONS = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0010",
    "0011",
    "0012",
    "0013",
    "0014",
    "0016",
    "0017",
)
HEAD = VERSIONS[-1]


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, to run on the given connection."""
    from alembic.config import Config  # a tenth of a second to import, and rarely needed

    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


def upgrade(connection: Connection) -> None:
    """Bring the tables up to date within the caller's transaction."""
    from alembic import command

    command.upgrade(config(connection), "head")
