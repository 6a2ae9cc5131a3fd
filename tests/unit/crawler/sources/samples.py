"""Feeds and sitemaps of an invented paper, one of each make: what tests read, and what mutations start from."""

from __future__ import annotations

import json

HOME = "https://yuzhou.example/"
RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:atom="http://www.w3.org/2005/Atom">
<channel><title>渝州晚报·要闻</title><link>https://yuzhou.example/</link><language>zh-cn</language>
<atom:link rel="self" href="https://yuzhou.example/rss/news.xml"/><atom:link rel="hub" href="https://hub.example/"/>
<item><title>朝天门码头夜航恢复 &amp; 首班满座</title><link>/news/2026/1123/1001.html</link>
<pubDate>2026-11-23</pubDate>
<dc:creator>周小舟</dc:creator><description><![CDATA[<p>昨晚八点，停航九个月的夜航恢复。</p><script>track()</script>
<p>首班船坐了三百人。</p>]]></description></item>
<item><title>轨道二十四号线开始试跑<script>x()</script></title><link>https://yuzhou.example/news/2026/1122/1002.html</link>
<guid isPermaLink="false">yz-1002</guid><pubDate>Sun, 22 Nov 2026 09:30:00 +0800</pubDate>
<content:encoded><![CDATA[<p>列车空载试跑三个月。</p>]]></content:encoded></item>
<item><title>同一条再登一次</title><link>/news/2026/1123/1001.html</link></item>
<item><title>没有地址的一条</title><description>只有文字。</description></item>
<item><guid>https://yuzhou.example/news/2026/1121/1003.html</guid><title>只有编号的一条</title></item>
</channel></rss>"""
ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh" xml:base="https://yuzhou.example/"><title>渝州晚报</title>
<link rel="self" href="/atom.xml"/><link rel="next" href="/atom.xml?page=2"/><link rel="hub" href="https://hub.example/"/>
<id>tag:yuzhou.example,2026:/</id><updated>2026-11-24T01:00:00Z</updated>
<entry><title type="html">江北嘴 &lt;b&gt;灯光&lt;/b&gt;秀改期</title><link href="news/2026/1124/2001.html"/>
<id>tag:yuzhou.example,2026:2001</id><published>2026-11-24T00:10:00Z</published><updated>2026-11-24T00:55:00Z</updated>
<author><name>程立秋</name></author><summary>因大雾，改到周六。</summary></entry>
<entry><title>老码头改建公园</title>
<link rel="enclosure" href="/a.mp3"/>
<link rel="alternate" href="/news/2026/1123/2002.html"/>
<id>2002</id><updated>2026-11-23T08:00:00+08:00</updated></entry></feed>"""
RDF = """<?xml version="1.0" encoding="utf-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
  xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://yuzhou.example/"><title>渝州晚報</title><link>https://yuzhou.example/</link>
<dc:language>zh-TW</dc:language></channel>
<item rdf:about="https://yuzhou.example/news/3001.html"><title>纜車票價不變</title>
<link>https://yuzhou.example/news/3001.html</link><dc:date>2026-11-20T07:00:00+08:00</dc:date></item></rdf:RDF>"""
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "渝州晚报",
        "language": "zh-CN",
        "feed_url": "https://yuzhou.example/feed.json",
        "next_url": "/feed.json?page=2",
        "hubs": [
            {"type": "rssCloud", "url": "https://no.example/"},
            {"type": "WebSub", "url": "https://hub.example/"},
        ],
        "items": [
            {
                "id": 4001,
                "url": "/news/4001.html",
                "title": "<通知>的写法 3 < 5",
                "date_published": "2026-11-23T20:00:00+08:00",
                "date_modified": "2026-11-23 21:00",
                "authors": [{"name": "周小舟"}, {"url": "https://yuzhou.example/"}, {"name": "程立秋"}],
                "content_html": "<p>江水退了。</p>",
            },
            {
                "id": "https://yuzhou.example/news/4002.html",
                "author": {"name": "程立秋"},
                "content_text": "只有正文",
            },
            "不是条目",
        ],
    },
    ensure_ascii=False,
)
NEWS_SITEMAP = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
  xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://yuzhou.example/show?id=5001&c=2</loc><lastmod>2026-11-24T09:00:00+08:00</lastmod>
<image:image><image:loc>https://yuzhou.example/a.jpg</image:loc><image:title>图</image:title></image:image>
<news:news><news:publication><news:name>渝州晚报</news:name><news:language>zh-cn</news:language></news:publication>
<news:publication_date>2026-11-24</news:publication_date><news:title>两江新区 “夜校” 开课</news:title></news:news></url>
<url><loc>
  https://yuzhou.example/show?id=5002&amp;c=2
</loc><priority>0.5</priority></url></urlset>"""
INDEX = """<?xml version="1.0" encoding="UTF-8"?>
<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://yuzhou.example/sitemap/2025.xml</loc><lastmod>2025-12-31</lastmod></sitemap>
<sitemap><loc>https://yuzhou.example/sitemap/2026.xml.gz</loc><lastmod>2026-11-24T01:00:00Z</lastmod></sitemap>
<sitemap><loc>https://yuzhou.example/sitemap/other.xml</loc></sitemap>
<sitemap><loc>https://yuzhou.example/sitemap/2025.xml</loc></sitemap></sitemapindex>"""
TEXT_SITEMAP = "https://yuzhou.example/news/1.html\r\nhttps://yuzhou.example/news/2.html\n\n"
SAMPLES = (RSS, ATOM, RDF, JSON_FEED, NEWS_SITEMAP, INDEX, TEXT_SITEMAP)
