"""The file of evidence of an article, as the command line and the page give it away."""

from __future__ import annotations

import importlib.metadata
from datetime import datetime
from typing import IO

from crawler.sites import Registry
from crawler.sites.configured import ConfiguredPublisher
from storage import dossier
from storage.database import Database
from storage.dossier import Dossier
from storage.records import Article, as_json


def write_evidence(
    database: Database, registry: Registry, article: Article, out: IO[bytes], now: datetime
) -> Dossier:
    """Write all that speaks for an article, with the settings that its pages are read by. Raises StorageError."""
    publisher = registry.publisher(article.publisher, article.channel)
    site = as_json(publisher.site) if isinstance(publisher, ConfiguredPublisher) else None
    software = f"newsdelta/{importlib.metadata.version('newsdelta')}"
    return dossier.write(database, article, out, now=now, software=software, site=site)


def file_name(article: Article) -> str:
    """What such a file is called."""
    return f"article-{article.id}.warc.gz"
