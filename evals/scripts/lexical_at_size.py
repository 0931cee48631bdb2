"""The lexical index at 26,709 to 5 million labels: time, memory and files of building, and what a text costs.

    OMP_NUM_THREADS=1 .venv/bin/python evals/scripts/lexical_at_size.py [--sizes 26709 100000 1000000] [--home DIR]

Labels are the default catalogue's; beyond their number, real ones perturbed: words dropped, swapped and put together
with others', sizes and places added, Chinese and English. The texts asked are those of ``batch_rows.py``. Each size is
built in a process of its own, whose highest resident memory is told. Times are processor time of one thread. A text is
asked for its 60 nearest labels and compared with 1,000 others, as a search does.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from batch_rows import lines

from firstprint.retrieval.grams import count_grams, grams_of
from firstprint.retrieval.largest import largest
from firstprint.retrieval.lexical import LexicalIndex, lexical_of, open_lexical
from firstprint.settings import load_settings
from firstprint.workspace import encoder_of, ready_index

SIZES = (26_709, 100_000, 1_000_000)
ASKED, NEAREST, OTHERS = 300, 60, 1_000
PLACES = ("CN", "DE", "RER", "GLO", "US", "中国", "欧洲", "全球", "华东", "FR")


def labels(base: Sequence[str], count: int) -> Iterator[str]:
    """That many labels; the same arguments give the same ones."""
    yield from base[:count]
    chance = random.Random(5)  # noqa: S311 - nothing secret
    for _ in range(count - len(base)):
        yield perturbed(chance, base)


def perturbed(chance: random.Random, base: Sequence[str]) -> str:
    """A real label as another catalogue could have it."""
    text = chance.choice(base)
    blank = " " in text
    words = text.split() if blank else list(text)
    for _ in range(chance.randint(1, 3)):
        step, place = chance.randrange(5), chance.randrange(len(words) + 1)
        if step == 0 and len(words) > 2:
            del words[place % len(words)]
        elif step == 1 and len(words) > 1:
            words.insert(place, words.pop(chance.randrange(len(words))))
        elif step == 2:
            other = chance.choice(base)
            words.append((" " if blank else "，") + (chance.choice(other.split()) if " " in other else other[:6]))
        elif step == 3:
            words.append(f" {chance.randint(1, 900)} {chance.choice(('mm', 'kg', 'MPa', 'kW', '%', '型'))}")
        else:
            words.append(f" {chance.choice(PLACES)}")
    return (" " if blank else "").join(words)


def cpu(work: Callable[[], object]) -> float:
    """Seconds of processor time."""
    started = time.process_time()
    work()
    return time.process_time() - started


def spread(seconds: Sequence[float]) -> str:
    """Median and 95th percentile in milliseconds."""
    return f"{np.percentile(seconds, 50) * 1e3:8.2f} {np.percentile(seconds, 95) * 1e3:8.2f}"


def built(home: Path, size: int, folder: Path) -> None:
    """Builds the index of a size and prints what it took."""
    settings = load_settings(home)
    texts = ready_index(settings, encoder_of(settings)).labels
    base = [texts[row] for row in range(len(texts))]
    started = time.process_time()
    counted = count_grams(labels(base, size), folder, "kept")
    counting = time.process_time() - started
    made = cpu(lambda: lexical_of(counted, folder, "labels").save(folder, "labels"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    files = sum(path.stat().st_size for path in folder.glob("labels.*")) / 1e6
    grams = len(counted.hashes)
    print(f"{size:9,} labels {grams / 1e6:7.1f} M n-grams: counted {counting:7.1f} s, built {made:7.1f} s, ", end="")
    print(f"highest memory {peak:6.0f} MB, files {files:8.1f} MB", flush=True)


def asked_of(index: LexicalIndex, texts: Sequence[str], size: int) -> None:
    """Prints what texts cost."""
    rng, took = np.random.default_rng(1), []
    for text in texts:
        grams, others = grams_of(text), np.sort(rng.integers(0, size, size=OTHERS))
        started = time.process_time()
        scores = index.scores_of(grams)
        largest(scores, NEAREST)
        np.take(scores, others)
        took.append(time.process_time() - started)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"          p50 p95 {spread(took)} ms a text, highest memory {peak:.0f} MB", flush=True)


def main() -> int:
    """Prints two lines a size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--home", type=Path, default=None)
    parser.add_argument("--folder", type=Path, default=None, help="where to build; holds 15 bytes an n-gram")
    parser.add_argument("--build", type=int, default=None, help=argparse.SUPPRESS)
    parser.add_argument("--ask", type=int, default=None, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.build is not None:
        built(given.home, given.build, given.folder)
        return 0
    if given.ask is not None:
        index = open_lexical(given.folder, "labels", given.ask)
        asked_of(index, [line.text for line in lines(ASKED)], given.ask)
        return 0
    with tempfile.TemporaryDirectory(dir=given.folder) as scratch:
        home = given.home or Path(scratch) / "home"
        for size in given.sizes:
            with tempfile.TemporaryDirectory(dir=scratch) as folder:
                again = [sys.executable, __file__, "--home", str(home), "--folder", folder]
                subprocess.run([*again, "--build", str(size)], check=True)
                subprocess.run([*again, "--ask", str(size)], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
