"""/metrics: what Prometheus asks for. Everything is read from the store when it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from scheduler.web.gate import READ
from scheduler.web.site import Site, site_of
from storage import crawls, outbox, overview, pauses, queries

router = APIRouter(dependencies=READ)


@router.get("/metrics", include_in_schema=False)
def metrics(request: Request) -> Response:
    """All metrics, in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Store(site_of(request)))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class _Store(Collector):
    """The store at the moment it is asked."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def collect(self) -> Iterator[Metric]:
        """Yield every metric."""
        site = self._site
        told = CounterMetricFamily("newsdelta_events", "Events told since the store was made")
        told.add_metric([], queries.last_event_id(site.database))
        yield told
        yield from self._channels()
        yield from self._alerts()
        yield from self._queue()

    def _channels(self) -> Iterator[Metric]:
        site = self._site
        config, now = site.config(), site.now()
        events = GaugeMetricFamily(
            "newsdelta_channel_events_24h", "Events of the last 24 hours", labels=["channel", "kind"]
        )
        broken = GaugeMetricFamily(
            "newsdelta_channel_broken", "1 while the parser looks broken", labels=["channel"]
        )
        age = GaugeMetricFamily(
            "newsdelta_channel_crawl_age_seconds", "Since the last crawl began", labels=["channel"]
        )
        resting = GaugeMetricFamily(
            "newsdelta_channel_paused", "1 while people have it paused", labels=["channel"]
        )
        paused = pauses.paused(site.database)
        for glance in overview.channels(site.database, config.channels, now - timedelta(days=1)):
            broken.add_metric([glance.name], 1 if glance.broken else 0)
            resting.add_metric([glance.name], 1 if glance.name in paused else 0)
            for kind, count in glance.told.items():
                events.add_metric([glance.name, kind.value], count)
            if glance.last_run:
                age.add_metric([glance.name], (now - glance.last_run.started_at).total_seconds())
        yield from (events, broken, resting, age)

    def _queue(self) -> Iterator[Metric]:
        look = crawls.queue_look(self._site.database, self._site.now())
        for name, words, value in (
            ("newsdelta_workers", "Workers that live", len(look.workers)),
            ("newsdelta_crawls_waiting", "Crawls that no worker has taken yet", look.waiting),
            ("newsdelta_crawls_running", "Crawls that workers carry out", look.running),
            ("newsdelta_queue_lag_seconds", "For how long the first of those that wait has waited", look.lag),
        ):
            metric = GaugeMetricFamily(name, words)
            metric.add_metric([], value)
            yield metric

    def _alerts(self) -> Iterator[Metric]:
        waiting = GaugeMetricFamily(
            "newsdelta_notifications_waiting", "Notifications that wait", labels=["destination"]
        )
        dead = GaugeMetricFamily(
            "newsdelta_notifications_dead", "Notifications given up", labels=["destination"]
        )
        failures = GaugeMetricFamily(
            "newsdelta_destination_failures", "Failures in a row", labels=["destination"]
        )
        for place in outbox.destinations(self._site.database):
            waiting.add_metric([place.name], place.waiting)
            dead.add_metric([place.name], place.dead)
            failures.add_metric([place.name], place.failures)
        yield from (waiting, dead, failures)
