"""robots.txt, the sitemaps and the RSS feed, with the oddities that the publisher's have. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from .. import words
from ..articles import Article
from ..prose import text_of
from .listings import Item


def robots(base: str, delay: float | None) -> str:
    """robots.txt: everything allowed; a crawl delay in seconds where one is set."""
    line = f"Crawl-delay: {delay:g}\n" if delay is not None else ""
    return f"User-agent: *\nDisallow:\n{line}Sitemap: {base}/sitemap_index.xml\n"


def sitemap_index(base: str, channels: Sequence[str]) -> str:
    """The index of the channels' sitemaps; it lists the first one twice."""
    entries = "".join(
        f"<sitemap><loc>{base}/sitemap/cn/{name}/news_sitemap.xml</loc></sitemap>\n"
        for name in (*channels, channels[0])
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
{entries}</sitemapindex>
"""


def news_sitemap(base: str, items: Sequence[Item]) -> str:
    """A channel's newest articles as a sitemap with the news extension."""
    entries = "".join(
        f"""<url><loc>{base}{item.path}</loc><news:news><news:publication><news:name>人民网</news:name>
<news:language>zh-cn</news:language></news:publication><news:publication_date>{item.published_at.isoformat()}</news:publication_date>
<news:title>{escape(item.title)}</news:title></news:news></url>
"""
        for item in items
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
{entries}</urlset>
"""


def rss(base: str, host: str, articles: Sequence[Article]) -> str:
    """RSS 2.0 as the publisher's: days instead of RFC 822 dates, no guid, whole articles in CDATA with a
    script in them.
    """
    entries = "".join(_rss_item(base, article) for article in articles)
    label = words.REGIONS[host].label
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>{label}</title><link>{base}/</link><description>{label}新闻</description>
{entries}</channel></rss>
"""


def _rss_item(base: str, article: Article) -> str:
    texts = "".join(f"<p>　　{escape(text_of(paragraph))}</p>" for paragraph in article.body)
    return f"""<item><title><![CDATA[{article.title_text}]]></title><link>{base}{article.path}</link>
<pubDate>{article.published_at:%Y-%m-%d}</pubDate><author>{escape(article.source)}</author>
<description><![CDATA[{texts}<script>var feed=1;</script>]]></description></item>
"""
