"""Counts for Prometheus: requests, their seconds, estimates made, decisions taken, jobs waiting."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The metrics of one process; with several workers each tells its own, under its process id."""

    def __init__(self) -> None:
        """Makes a registry of its own, so that several apps can live in one process."""
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "firstprint_requests", "Requests answered.", ("method", "path", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "firstprint_request_seconds",
            "Seconds a request took.",
            ("method", "path"),
            registry=self.registry,
            buckets=_BUCKETS,
        )
        self.estimates = Counter("firstprint_estimates", "Proposals made.", ("decision",), registry=self.registry)
        self.decisions = Counter("firstprint_decisions", "Decisions taken.", ("verdict",), registry=self.registry)
        self.jobs = Gauge("firstprint_jobs", "Batch jobs by state.", ("state",), registry=self.registry)

    def request(self, method: str, path: str, status: int, seconds: float) -> None:
        """Counts one request; ``path`` is the route's pattern, so that ids make no series of their own."""
        self._requests.labels(method, path, str(status)).inc()
        self._seconds.labels(method, path).observe(seconds)

    def text(self) -> bytes:
        """All metrics in Prometheus' text format."""
        return generate_latest(self.registry)
