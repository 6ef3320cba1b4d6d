"""The server's metrics for Prometheus. Labels come from short fixed lists: no address, no name, no text."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from detector.web.pool import Lane

if TYPE_CHECKING:
    from detector.web.pool import Pool

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The server's counters and histograms.

    Attributes
    ----------
    requests : Counter
        By method, route (as in the OpenAPI document) and status; status 499 is a client that disconnected.
    request_seconds : Histogram
        From the head of a request to the end of its answer, by route.
    verdicts : Counter
        Articles judged, by label.
    refused : Counter
        Requests turned away, by reason.
    work_seconds : Histogram
        Seconds that a worker spent on one article.
    """

    def __init__(self, pool: "Pool") -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "unspin_requests", "Requests answered.", ("method", "route", "status"), registry=self._registry
        )
        self.request_seconds = Histogram(
            "unspin_request_seconds", "Time to answer.", ("route",), buckets=_SECONDS, registry=self._registry
        )
        self.verdicts = Counter("unspin_verdicts", "Articles judged.", ("label",), registry=self._registry)
        self.refused = Counter("unspin_refused", "Requests turned away.", ("reason",), registry=self._registry)
        self.work_seconds = Histogram(
            "unspin_work_seconds", "Worker's time for an article.", buckets=_SECONDS, registry=self._registry
        )
        self._registry.register(_PoolCollector(pool))
        ProcessCollector(registry=self._registry)

    def text(self) -> bytes:
        """Returns all metrics in the Prometheus text format."""
        return generate_latest(self._registry)


class _PoolCollector(Collector):
    """The current numbers of the pool."""

    def __init__(self, pool: "Pool") -> None:
        self._pool = pool

    def collect(self) -> Iterable[Metric]:
        pool = self._pool
        waiting = GaugeMetricFamily("unspin_waiting", "Articles that wait for a worker.", labels=["lane"])
        for lane in Lane:
            waiting.add_metric([lane.value], pool.waiting(lane))
        yield waiting
        yield GaugeMetricFamily("unspin_workers_ready", "Workers with a model loaded.", value=pool.ready)
        yield GaugeMetricFamily("unspin_workers_busy", "Workers at work.", value=pool.busy)
        ended = CounterMetricFamily("unspin_workers_replaced", "Workers replaced.", labels=["reason"])
        for reason in ("crashed", "time limit", "abandoned", "retired"):
            ended.add_metric([reason], pool.ended[reason])
        yield ended
