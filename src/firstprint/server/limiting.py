"""A bound on how often one client may ask: a bucket of tokens each, refilled evenly."""

from __future__ import annotations

import time
from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

_MAX_CLIENTS = 10_000
"""Buckets kept; the one unused longest is forgotten, which lets its client begin anew with a full one."""


class _Bucket(NamedTuple):
    tokens: float
    at: float


class RateLimit:
    """Lets each client ask ``per_minute`` times a minute on average, and ``burst`` times at once."""

    def __init__(self, per_minute: float, burst: int) -> None:
        """Takes the rates; 0 a minute means no limit."""
        self._rate = per_minute / 60.0
        self._burst = float(burst)
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._lock = Lock()

    def wait_s(self, client: str, cost: float = 1.0) -> float:
        """Takes ``cost`` tokens of a client; 0 where that was possible, else how long to wait.

        Args:
            client: whoever asks.
            cost: more for what costs the server more.
        """
        if self._rate <= 0:
            return 0.0
        with self._lock:
            now = time.monotonic()
            bucket = self._buckets.pop(client, _Bucket(self._burst, now))
            tokens = min(self._burst, bucket.tokens + (now - bucket.at) * self._rate)
            if tokens < cost:
                self._buckets[client] = _Bucket(tokens, now)
                return (cost - tokens) / self._rate
            self._buckets[client] = _Bucket(tokens - cost, now)
            if len(self._buckets) > _MAX_CLIENTS:
                self._buckets.popitem(last=False)
            return 0.0
