"""Which faiss index over the labels: time of a search and share of the nearest labels found, against a flat one.

    OMP_NUM_THREADS=1 .venv/bin/python evals/scripts/dense_choice.py [HOME]

Labels are the default catalogue's; queries are the texts that the descriptions of three suites of our own are asked
with, five a search. All are measured in one run, so the ratios stand on a noisy machine.
"""

from __future__ import annotations

import csv
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from firstprint import Assistant
from firstprint.intake import RawRequest

ROOT = Path(__file__).resolve().parents[2]
SUITES = ("mixed-products", "bilingual-parity", "unit-and-geography")
AT_ONCE, WANTED = 5, 100


def queries(assistant: Assistant) -> np.ndarray:
    """The vectors searched with, shape (n, dimension)."""
    texts: list[str] = []
    for name in SUITES:
        with (ROOT / "evals" / "suites" / name / "queries.csv").open(encoding="utf-8-sig", newline="") as handle:
            texts += [text for row in csv.DictReader(handle) for text in assistant.texts(RawRequest(row["text"]))]
    vectors = assistant.encoder.encode(texts)
    adapter = assistant.index.retriever.adapter
    return np.ascontiguousarray(vectors if adapter is None else adapter.apply(vectors), dtype=np.float32)


def timed(search: Callable[[np.ndarray], np.ndarray], asked: np.ndarray) -> tuple[np.ndarray, float]:
    """Rows found, and milliseconds a search of ``AT_ONCE`` texts."""
    started = time.perf_counter()
    found = [search(asked[start : start + AT_ONCE]) for start in range(0, len(asked), AT_ONCE)]
    return np.concatenate(found), (time.perf_counter() - started) / len(found) * 1e3


def recall(found: np.ndarray, right: np.ndarray, k: int) -> float:
    """Mean share of the ``k`` nearest that are among the first ``k`` found."""
    return float(np.mean([len({*a[:k].tolist()} & {*b[:k].tolist()}) / k for a, b in zip(found, right, strict=True)]))


def main() -> int:
    """Prints a table."""
    assistant = Assistant.open(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
    vectors = np.ascontiguousarray(assistant.index.retriever.dense.vectors())
    asked, library = queries(assistant), faiss
    flat: Any = library.IndexFlatIP(vectors.shape[1])
    flat.add(vectors)
    right, base = timed(lambda q: flat.search(q, WANTED)[1], asked)
    print(f"{len(vectors)} labels, {len(asked)} texts; flat {base:.2f} ms for {AT_ONCE} texts")
    print(f"{'index':24} {'build s':>8} {'ms':>7} {'of flat':>8} {'recall@10':>10} {'recall@100':>11}")

    def told(name: str, built: float, index: Any) -> None:  # noqa: ANN401
        found, took = timed(lambda q: index.search(q, WANTED)[1], asked)
        shares = f"{recall(found, right, 10):10.3f} {recall(found, right, WANTED):11.3f}"
        print(f"{name:24} {built:8.1f} {took:7.2f} {took / base:8.3f} {shares}", flush=True)

    for cells in (128, 256):
        started = time.perf_counter()
        ivf: Any = library.IndexIVFFlat(library.IndexFlatIP(vectors.shape[1]), vectors.shape[1], cells, 0)
        ivf.cp.niter, ivf.cp.seed = 8, 1
        ivf.train(vectors[::2])
        ivf.add(vectors)
        built = time.perf_counter() - started
        for share in (16, 12, 8, 4):
            ivf.nprobe = cells // share
            told(f"IVF{cells}, 1/{share} of cells", built, ivf)
    for links in (16, 24):
        started = time.perf_counter()
        graph: Any = library.IndexHNSWFlat(vectors.shape[1], links, 0)
        graph.hnsw.efConstruction = 80
        graph.add(vectors)
        built = time.perf_counter() - started
        for looked_at in (64, 128, 256):
            graph.hnsw.efSearch = looked_at
            told(f"HNSW{links}, ef {looked_at}", built, graph)
    return 0


if __name__ == "__main__":
    sys.exit(main())
