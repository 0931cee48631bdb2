"""A bound on how often one client may ask: a bucket of tokens each, refilled evenly."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

from firstprint.errors import FirstprintError

_MAX_CLIENTS = 10_000
"""Buckets kept; the one unused longest is forgotten, which lets its client begin anew with a full one."""


class TooManyError(FirstprintError):
    """Rule: a client asks no oftener than the server's limit.

    Attributes:
        wait_s: seconds until the next request is let through, rounded up.
    """

    default_code = "too_many_requests"

    def __init__(self, wait_s: float) -> None:
        """Takes how long to wait."""
        self.wait_s = max(1, math.ceil(wait_s))
        super().__init__("Too many requests were sent.", hint=f"Wait {self.wait_s} s, then send it again.")


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


def per_minute(rate: float) -> RateLimit:
    """A limit of ``rate`` requests a minute, of which a quarter of a minute's may come at once."""
    return RateLimit(rate, max(1, math.ceil(rate / 4)))
