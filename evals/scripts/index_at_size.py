"""The dense index at size: build, file, memory, time of a query and share of the nearest labels found, against flat.

    OMP_NUM_THREADS=1 .venv/bin/python evals/scripts/index_at_size.py VECTORS.npy QUERIES.npy [--sizes 10000 …]

VECTORS are float32 unit vectors of labels, as the encoder and the adapter give them, in any order; QUERIES those of
texts as they are asked with. Where a size asks for more labels than there are vectors, the rest are mixtures: each a
label's vector moved towards another's, by a share drawn so that the cosine with its nearest neighbour is spread like
that between the labels at hand (printed for both). Everything is timed in processor seconds on one thread, one query a
call; ``ours`` is ``LabelIndex``, which compares what its codes nominate; the others of codes are compared alike.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from firstprint.retrieval.label_index import LabelIndex

Search = Callable[[np.ndarray], np.ndarray]
WANTED, NOMINATED, GRAPH_UP_TO = 60, 480, 100_000


def resident() -> float:
    """Memory of this process in MB without what is mapped from files."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith("RssAnon"))) / 1e3


def labels(source: np.ndarray, size: int, path: Path) -> np.ndarray:
    """That many vectors, mapped from a file."""
    chance = np.random.default_rng(8)
    made = np.lib.format.open_memmap(path, "w+", np.float32, (size, source.shape[1]))
    own = min(size, len(source))
    chosen = np.sort(chance.permutation(len(source))[:own])
    for start in range(0, size, 20_000):
        stop = min(start + 20_000, size)
        part = source[chosen[start : min(stop, own)]] if start < own else source[:0]
        if len(part) < stop - start:
            missing = stop - start - len(part)
            one, other = (source[np.sort(chance.integers(0, len(source), missing))] for _ in range(2))
            share = chance.uniform(0.1, 0.6, (missing, 1))
            mixed = (1 - share) * one + share * other[chance.permutation(missing)]
            part = np.concatenate([part, mixed / np.linalg.norm(mixed, axis=1, keepdims=True)])
        made[start:stop] = part
    made.flush()
    return np.load(path, mmap_mode="r").view(np.ndarray)


def flat_search(vectors: np.ndarray) -> Search:
    """Every label compared, the mapped vectors read in place."""

    def search(query: np.ndarray) -> np.ndarray:
        scores = vectors @ query
        near = np.argpartition(scores, -WANTED)[-WANTED:]
        return near[np.argsort(-scores[near], kind="stable")]

    return search


def compared(index: Any, vectors: np.ndarray) -> Search:  # noqa: ANN401
    """What an index of codes nominates, compared."""

    def search(query: np.ndarray) -> np.ndarray:
        rows = index.search(query[None], NOMINATED)[1][0]
        rows = rows[rows >= 0]
        return rows[np.argsort(-(vectors[rows] @ query), kind="stable")][:WANTED]

    return search


def plain(index: Any) -> Search:  # noqa: ANN401
    """What an index of whole vectors finds."""
    return lambda query: index.search(query[None], WANTED)[1][0]


def told(name: str, search: Search, asked: np.ndarray, right: list[np.ndarray] | None, more: str) -> list[np.ndarray]:
    """Prints a line and returns what was found."""
    found, times = [], []
    search(asked[0])
    for query in asked:
        started = time.process_time()
        found.append(search(query))
        times.append((time.process_time() - started) * 1e3)
    shares = [
        np.mean([len({*a[:k].tolist()} & {*b[:k].tolist()}) / k for a, b in zip(found, right or found, strict=True)])
        for k in (10, WANTED)
    ]
    median, tail = np.percentile(times, [50, 95])
    print(f"{name:26} {more} {median:8.2f} {tail:8.2f} {shares[0]:7.4f} {shares[1]:7.4f}", flush=True)
    return found


def built(spec: str, vectors: np.ndarray) -> tuple[Any, str]:
    """A faiss index by its factory's word, and what it cost."""
    before, started = resident(), time.process_time()
    index: Any = faiss.index_factory(vectors.shape[1], spec, faiss.METRIC_INNER_PRODUCT)
    if "HNSW" in spec:
        index.hnsw.efConstruction, index.hnsw.efSearch = 80, 256
    index.train(np.ascontiguousarray(vectors[:: max(1, len(vectors) // 131_072)]))
    for start in range(0, len(vectors), 20_000):
        index.add(np.ascontiguousarray(vectors[start : start + 20_000]))
    took, held = time.process_time() - started, resident() - before
    with tempfile.NamedTemporaryFile() as file:
        faiss.write_index(index, file.name)
        size = Path(file.name).stat().st_size / 1e6
    return index, f"{took:8.1f} {size:8.0f} {held:8.0f}"


def ours(vectors: np.ndarray) -> tuple[LabelIndex, str]:
    """``LabelIndex`` and what it cost, the vectors' file counted."""
    before, started = resident(), time.process_time()
    index = LabelIndex.build(vectors)
    took, held = time.process_time() - started, resident() - before
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "vectors.npy").touch()
        size = sum((Path(folder) / name).stat().st_size for name in index.save(Path(folder))) / 1e6
    return index, f"{took:8.1f} {size + vectors.nbytes / 1e6:8.0f} {held:8.0f}"


def changed(vectors: np.ndarray, folder: Path) -> str:
    """Processor seconds to add, and to remove, one label in a hundred: the new files written, codes made anew."""
    seconds, size = [], len(vectors)
    for chosen in (np.arange(size + size // 100) % size, np.arange(size // 100, size)):
        started = time.process_time()
        made = np.lib.format.open_memmap(folder / "vectors.npy", "w+", np.float32, (len(chosen), vectors.shape[1]))
        for start in range(0, len(chosen), 20_000):
            made[start : start + 20_000] = vectors[chosen[start : start + 20_000]]
        made.flush()
        LabelIndex.build(np.load(folder / "vectors.npy", mmap_mode="r")).save(folder)
        seconds.append(time.process_time() - started)
    return f"add 1 %: {seconds[0]:.1f} s, remove 1 %: {seconds[1]:.1f} s"


def nearest_cosines(vectors: np.ndarray, asked: int = 200) -> str:
    """Tenth, middle and ninetieth percentile of labels' cosines with their nearest neighbour."""
    rows = np.random.default_rng(1).choice(len(vectors), asked, replace=False)
    best = []
    for row in rows:
        scores = vectors @ vectors[row]
        scores[row] = -1
        best.append(scores.max())
    return " ".join(f"{value:.3f}" for value in np.percentile(best, [10, 50, 90]))


def one_size(source: np.ndarray, asked: np.ndarray, size: int, folder: Path, *, short: bool) -> None:
    """A block of the table."""
    vectors = labels(source, size, folder / "labels.npy")
    print(f"\n{size:,} labels; cosine with the nearest neighbour {nearest_cosines(vectors, 40)}")
    print(f"{'':26} {'build s':>8} {'file MB':>8} {'RSS MB':>8} {'p50 ms':>8} {'p95 ms':>8} {'of 10':>7} {'of 60':>7}")
    right = told("flat", flat_search(vectors), asked, None, f"{'':8} {vectors.nbytes / 1e6:8.0f} {0:8}")
    index, costs = ours(vectors)
    told("ours", lambda q: index.search_vectors(q[None], WANTED)[0].rows, asked, right, costs)
    one_in_three = np.random.default_rng(3).random(size) < 1 / 3
    few = np.zeros(size, dtype=np.bool_)
    few[:: max(1, size // 5_000)] = True
    for name, mask in (("ours, a third allowed", one_in_three), ("ours, 5,000 allowed", few)):
        places = np.flatnonzero(mask)
        best = [places[np.argsort(-(vectors[places] @ q), kind="stable")[:WANTED]] for q in asked[:20]]
        told(name, lambda q, m=mask: index.search_vectors(q[None], WANTED, m)[0].rows, asked[:20], best, " " * 26)
    if not short:
        others(vectors, asked, right)
    print(changed(vectors, folder), flush=True)


def others(vectors: np.ndarray, asked: np.ndarray, right: list[np.ndarray]) -> None:
    """The ways that were not taken."""
    cells = 2 ** round(float(np.log2(1.6 * np.sqrt(len(vectors)))))
    for spec, search in (
        (f"IVF{cells},Flat", plain),
        (f"IVF{cells},PQ128x4fs", lambda index: compared(index, vectors)),
        ("RaBitQfs", lambda index: compared(index, vectors)),
        ("PQ256x4fs", lambda index: compared(index, vectors)),
        ("HNSW24,Flat", plain),
    ):
        if spec.endswith("Flat") and len(vectors) > (GRAPH_UP_TO if "HNSW" in spec else 1_000_000):
            continue
        index, costs = built(spec, vectors)
        if "IVF" in spec:
            index.nprobe = cells // 8
        told(spec, search(index), asked, right, costs)


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("vectors", type=Path)
    parser.add_argument("queries", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--asked", type=int, default=200)
    parser.add_argument("--short", action="store_true", help="flat and ours alone")
    given = parser.parse_args()
    faiss.omp_set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    source = np.load(given.vectors, mmap_mode="r").view(np.ndarray)
    queries = np.load(given.queries)
    asked = np.ascontiguousarray(queries[:: max(1, len(queries) // given.asked)], dtype=np.float32)
    print(f"{len(source):,} vectors, {len(asked)} queries; neighbours at hand {nearest_cosines(source, 40)}")
    for size in given.sizes:
        with tempfile.TemporaryDirectory() as folder:
            one_size(source, asked, size, Path(folder), short=given.short)
    return 0


if __name__ == "__main__":
    sys.exit(main())
