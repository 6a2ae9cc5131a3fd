"""Scrapy settings. What users set lives in newsdelta.toml; `crawler.run` lays it over these."""

import os

BOT_NAME = "newsdelta"
SPIDER_MODULES = ["crawler.spiders"]
USER_AGENT = "newsdelta/0.1 (news change monitor)"

# The store and the guard when spiders are started by `scrapy crawl`.
NEWSDELTA_DATABASE_URL = os.environ.get("NEWSDELTA_DATABASE_URL")
NEWSDELTA_ALLOW_PRIVATE_ADDRESSES = False

# Never open a door into the crawling process (Scrapy 2.19 opens both by default).
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False

TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"

# No other way out than through the guard (crawler/connecting.py); None takes Scrapy's own ways away.
DOWNLOAD_HANDLERS = {
    "http": "crawler.connecting.Downloads",
    "https": "crawler.connecting.Downloads",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}

ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS = (
    96  # those that wait for a slow host's leave count, too, and must not hold other hosts up
)
CONCURRENT_ITEMS = 1  # Scrapy starts so many tasks for every response; our items wait for nothing
CONCURRENT_REQUESTS_PER_DOMAIN = 16
NEWSDELTA_DOWNLOADS = 16  # on the wire at a time, of one crawl
DOWNLOAD_TIMEOUT = 30
DOWNLOAD_MAXSIZE = 4 * 1024 * 1024  # packed and unpacked; the largest pages of news have 1 MB
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_VERIFY_CERTIFICATES = True
RETRY_TIMES = 2
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"  # the spider reports each page that failed
REDIRECT_MAX_TIMES = 5
HTTPERROR_ALLOW_ALL = True  # a 404 is an observation, not an error

COOKIES_ENABLED = False
REFERRER_POLICY = "no-referrer"
METAREFRESH_ENABLED = False  # the listing reader follows signposts itself
WARN_ON_GENERATOR_RETURN_VALUE = False  # it reads a callback's source at every response

DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "crawler.middlewares.AddressGuard": 60,
    "crawler.middlewares.Robots": 100,
    "crawler.middlewares.ConditionalGet": 410,
    "crawler.middlewares.Politeness": 860,
    "crawler.archiving.Archiving": 900,  # next to the wire: it sees what was sent
}
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
}
EXTENSIONS = {
    "scrapy.extensions.memdebug.MemoryDebugger": None,
    "scrapy.extensions.spiderstate.SpiderState": None,
    "scrapy.extensions.throttle.AutoThrottle": None,
    "scrapy.extensions.feedexport.FeedExporter": None,
    "scrapy.extensions.logstats.LogStats": None,
}
ITEM_PIPELINES = {"crawler.pipeline.RecordPipeline": 300}

LOG_LEVEL = "WARNING"
LOG_VERSIONS: list[str] = []
STATS_DUMP = False
