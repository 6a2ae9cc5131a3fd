"""PURE: which of a page's own requests are not made, and which answers are not shown.

Text needs no pictures, no page needs its trackers, and a file is no page.
"""

from __future__ import annotations

from urllib.parse import urlsplit

#: Kinds of requests that bring no text, as the DevTools protocol calls them.
KINDS = ("Image", "Media", "Font", "Ping", "CSPViolationReport")

#: Kinds of documents that are pages. Any other is a file: Chromium would save it, or show it in a viewer of its own
#: that at times does not close again.
PAGES = frozenset({"text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml"})

#: Hosts (and all below them) that count readers or show advertisements, on news sites in China and elsewhere.
TRACKERS = frozenset(
    {
        "51.la",
        "adnxs.com",
        "alog.umeng.com",
        "amazon-adsystem.com",
        "analytics.163.com",
        "chartbeat.com",
        "clarity.ms",
        "cnzz.com",
        "connect.facebook.net",
        "criteo.com",
        "doubleclick.net",
        "google-analytics.com",
        "googlesyndication.com",
        "googletagmanager.com",
        "growingio.com",
        "hm.baidu.com",
        "hotjar.com",
        "irs01.com",
        "irs01.net",
        "log.mmstat.com",
        "miaozhen.com",
        "mmstat.com",
        "newrelic.com",
        "outbrain.com",
        "pos.baidu.com",
        "scorecardresearch.com",
        "sensorsdata.cn",
        "taboola.com",
        "tanx.com",
        "umeng.com",
        "webterren.com",
    }
)

#: Second-level names under which sites are registered: news.example.com.cn belongs to example.com.cn.
_SHARED = frozenset({"ac", "co", "com", "edu", "gov", "mil", "net", "org"})
_REFUSED_KINDS = frozenset(kind.lower() for kind in KINDS)


def patterns() -> list[dict[str, str]]:
    """Which requests and answers the browser is to hold until they are judged, in the words of DevTools (Fetch.enable).

    All others, the many, go their way at once and come from the cache where they can.
    """
    kinds = [{"urlPattern": "*", "resourceType": kind} for kind in (*KINDS, "Document")]
    answers = [{"urlPattern": "*", "resourceType": "Document", "requestStage": "Response"}]
    return kinds + answers + [{"urlPattern": f"*{host}/*"} for host in sorted(TRACKERS)]


def is_refused(kind: str, url: str, page: str, *, inner: bool) -> bool:
    """Whether a request is not made. kind: the protocol's word for it, in small letters. page: the address of the page
    that it is for.

    inner: it fills a frame inside the page. Frames of other sites are advertisements, players and counters; scripts and
    data of other sites are let through, as many papers keep theirs on a second domain.
    """
    if kind in _REFUSED_KINDS:
        return True
    host = (urlsplit(url).hostname or "").lower()
    if is_tracker(host):
        return True
    return (
        inner
        and kind == "document"
        and host != ""
        and site_of(host) != site_of(urlsplit(page).hostname or "")
    )


def file_kind(status: int, content_type: str) -> str:
    """The kind of file that an answer brings; '' where it is a page, does not say what it is, or sends on.

    An error's status is the answer, whatever kind of body comes with it: a 404 in JSON is a page that is gone.
    """
    kind = content_type.partition(";")[0].strip().lower()
    return "" if kind in PAGES or not 200 <= status < 300 else kind


def is_tracker(host: str) -> bool:
    """Whether a host, or one above it, is on the list."""
    labels = host.split(".")
    return any(".".join(labels[at:]) in TRACKERS for at in range(len(labels) - 1))


def site_of(host: str) -> str:
    """The registered name that a host belongs to: its last two labels, or three below a shared one such as com.cn."""
    host = host.lower().rstrip(".")
    labels = host.split(".")
    if labels[-1].isdigit() or ":" in host:
        return host  # an address
    few = 3 if len(labels) > 2 and labels[-2] in _SHARED and len(labels[-1]) == 2 else 2
    return ".".join(labels[-few:])
