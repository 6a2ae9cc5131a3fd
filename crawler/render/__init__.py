"""Pages that need a browser: found, asked for, guarded, read, and closed on every path.

ask.py       a request → the same request, to be answered by the browser
find.py      which Chromium is there
browser.py   the one browser of a process: lives, limits, its end
handler.py   Scrapy's download handler, the only file that knows scrapy-playwright
tab.py       one page until it has come to rest: waiting, scrolling, "more" buttons
blocking.py  PURE which of a page's own requests are not made
guard.py     the proxy through which the browser reaches the net: the address guard for all it asks for
"""
