"""Threads of the numeric libraries: small products are slower on two busy cores than on one.

OpenBLAS and OpenMP threads wait for each other by spinning. Where other programs use the cores, a product of five
vectors with a matrix took 12 ms with two threads and 0.1 ms with one (DECISIONS 17 and 37).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any


@cache
def _controller() -> Any:  # noqa: ANN401
    from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

    return ThreadpoolController()


@contextmanager
def limited(threads: int) -> Iterator[None]:
    """Holds BLAS and OpenMP to a number of threads inside the block; costs about 15 µs.

    The libraries loaded at the first call are held: call it where numpy and faiss have been imported.

    Args:
        threads: at least 1.
    """
    with _controller().limit(limits=threads):
        yield
