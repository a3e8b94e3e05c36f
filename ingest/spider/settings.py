"""Scrapy's settings: slow, few requests at once, robots.txt obeyed, and no cookies."""

from __future__ import annotations

BOT_NAME = "anime-recommendations"
SPIDER_MODULES = ["ingest.spider.anime"]
USER_AGENT = BOT_NAME  # the spider adds whom to write to
ROBOTSTXT_OBEY = True

# AutoThrottle stays between DOWNLOAD_DELAY and its own maximum, in seconds
DOWNLOAD_DELAY = 5
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 5
AUTOTHROTTLE_MAX_DELAY = 120
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
CONCURRENT_REQUESTS = 2
CONCURRENT_REQUESTS_PER_DOMAIN = 2

DOWNLOAD_TIMEOUT = 60
DOWNLOAD_MAXSIZE = 5_000_000
RETRY_TIMES = 3
COOKIES_ENABLED = False
TELNETCONSOLE_ENABLED = False
LOG_LEVEL = "INFO"
