"""firstprint beside what a user might pick instead, in one run, on one machine, over the same labels and questions.

    .venv/bin/python evals/scripts/side_by_side.py [--json OUT.json] [--only NAME ...]   (make side-by-side)

Contenders (``side_contenders.py``): rank-bm25, bm25s, scikit-learn's TF-IDF over words and over characters, MiniLM with
numpy, and firstprint's search in three ways. Each runs in a process of its own on one thread. All plain ones get every
label that firstprint indexes (names in each language, synonyms, index terms, translations by the glossary), answer with
the datasets of the best labels, and know which datasets may be proposed. A contender that is not installed is said and
left out.

Quality: the match suites of our own over the default catalogue, English and Chinese apart; hit@1, 5 and 10 with 95 %
intervals by bootstrap over groups. The reporting half of the groups alone (``match_halves.py``): firstprint's ranker
learned from the other half. ``unit-and-geography`` is told apart: its unit or place stands partly in columns that plain
contenders cannot read. Speed: answers a second of processor time on texts that are asked once (``batch_rows.py``).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
from batch_rows import lines
from match_halves import chosen_on
from side_contenders import BATCH, ENTRIES, WARM_UP, Measured, Question, versions

from firstprint.evaluation.metrics.bootstrap import group_weights_of_replicates, interval
from firstprint.evaluation.records import Query
from firstprint.evaluation.suite import read_suite

HERE = Path(__file__).resolve().parent
SUITES = HERE.parent / "suites"
IN_WORDS = ("mixed-products", "bilingual-parity", "abstention")
BY_FIELDS = ("unit-and-geography",)
LANGUAGES = {"en": "English", "zh": "Chinese"}
DEPTHS = (1, 5, 10)
SINGLES = 200
BATCHES = 2
REPLICATES = 2000
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


class Asked(NamedTuple):
    """One answerable query of a suite."""

    suite: str
    query: Query


class Hit(NamedTuple):
    """A share of queries with its 95 % interval."""

    value: float
    low: float | None
    high: float | None


class Row(NamedTuple):
    """One contender's figures.

    Attributes:
        hits: by language (or suite) and depth, as ``English hit@1``.
        lead: hit@1 of firstprint told the text alone, less this contender's, paired, by language.
    """

    name: str
    title: str
    versions: str
    build_cpu_s: float
    build_peak_mb: float | None
    answer_mb: float | None
    single_per_s: float
    batch_per_s: float
    hits: dict[str, Hit]
    lead: dict[str, Hit]


class SideBySide(NamedTuple):
    """A run: when, where, on what, and who did how well."""

    date: str
    machine: str
    catalogue_sha256: str
    labels: int
    datasets: int
    queries: dict[str, int]
    rows: list[Row]
    left_out: list[str]


def asked_of(names: Sequence[str]) -> list[Asked]:
    """The answerable queries of suites whose groups no choice of firstprint's was made on."""
    suites = [read_suite(SUITES / name) for name in names]
    asked = [Asked(suite.name, query) for suite in suites for query in suite.queries]
    return [one for one in asked if one.query.relevant and not chosen_on(one.query.group)]


def data_of(asked: Sequence[Asked]) -> dict[str, object]:
    """Labels and questions as every process reads them."""
    from firstprint.catalogue.glossary import load_glossary
    from firstprint.catalogue.labels import build_labels
    from firstprint.catalogue.reader import read_sound_catalogue
    from firstprint.workspace import shipped

    datasets = read_sound_catalogue(shipped().files)
    table = build_labels(datasets, load_glossary())
    owners = np.repeat(np.arange(len(table.texts)), np.diff(table.offsets))
    order = np.argsort(table.dataset_rows, kind="stable")
    rows = lines(SINGLES + WARM_UP + BATCHES * BATCH)
    texts = [Question(one.text) for one in rows]
    return {
        "texts": table.texts,
        "edge_labels": owners[order].tolist(),
        "starts": np.searchsorted(table.dataset_rows[order], np.arange(len(datasets))).tolist(),
        "dataset_ids": [one.dataset_id for one in datasets],
        "allowed": [one.system_boundary != "cbam_default" for one in datasets],
        "asked": [question_of(one.query) for one in asked],
        "single": texts[: SINGLES + WARM_UP],
        "batch": texts[SINGLES + WARM_UP :],
        "catalogue_sha256": shipped().catalogue_sha256,
    }


def question_of(query: Query) -> Question:
    """A query with all that a user would state."""
    return Question(query.text, query.amount, query.unit, query.mass_kg, query.geography, query.category)


def measured(name: str, data: Path, home: Path, folder: Path) -> Measured:
    """Runs a contender; one whose index outlives the process is built in one and asked in another."""
    entry = ENTRIES[name]
    first = _process(name, data, home, folder, "build" if entry.stored else "both")
    if not entry.stored:
        return first
    second = _process(name, data, home, folder, "answer")
    return second._replace(build_cpu_s=first.build_cpu_s, build_peak_mb=first.build_peak_mb)


def _process(name: str, data: Path, home: Path, folder: Path, phase: str) -> Measured:
    out = folder / f"{name}-{phase}.json"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("FIRSTPRINT_")}
    environment |= dict.fromkeys(THREADS, "1") | {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    command = [sys.executable, str(HERE / "side_contenders.py"), name, str(data), str(out), str(home), phase]
    print(f"{ENTRIES[name].title}: {phase} …", file=sys.stderr, flush=True)
    subprocess.run(command, check=True, env=environment)
    return Measured(**json.loads(out.read_text(encoding="utf-8")))


def hit_at(asked: Sequence[Asked], answers: Sequence[Sequence[str]], depth: int) -> np.ndarray:
    """Whether a right dataset is among the first ``depth``, float of shape (n,)."""
    pairs = zip(asked, answers, strict=True)
    return np.array([bool({*one.query.relevant} & {*ids[:depth]}) for one, ids in pairs], dtype=np.float64)


def share(values: np.ndarray, groups: Sequence[str]) -> Hit:
    """A mean with its interval over groups."""
    draws = np.array(list(group_weights_of_replicates(np.array(groups), REPLICATES, 0)))
    return Hit(*interval(float(values.mean()), draws @ values / draws.sum(axis=1)))


def parts_of(asked: Sequence[Asked]) -> dict[str, list[int]]:
    """Positions of the queries that are told together."""
    out: dict[str, list[int]] = {}
    for place, one in enumerate(asked):
        language = LANGUAGES.get(one.query.language or "")
        if language:
            part = f"{language}, by unit or place" if one.suite in BY_FIELDS else language
            out.setdefault(part, []).append(place)
    return dict(sorted(out.items(), key=lambda item: ("by" in item[0], item[0] != "English")))


def rows_of(asked: Sequence[Asked], found: dict[str, Measured]) -> list[Row]:
    """The figures of every contender."""
    parts = parts_of(asked)
    ours = found.get("firstprint-text")
    out = []
    for name, one in found.items():
        hits, lead = {}, {}
        for part, places in parts.items():
            chosen = [asked[place] for place in places]
            groups = [f"{each.suite}:{each.query.group}" for each in chosen]
            answers = [one.answers[place] for place in places]
            for depth in DEPTHS:
                hits[f"{part} hit@{depth}"] = share(hit_at(chosen, answers, depth), groups)
            if ours is not None and ours is not one:
                theirs = hit_at(chosen, [ours.answers[place] for place in places], 1)
                lead[part] = share(theirs - hit_at(chosen, answers, 1), groups)
        told = (one.build_cpu_s, one.build_peak_mb, one.answer_mb, one.single_per_s, one.batch_per_s)
        out.append(Row(name, ENTRIES[name].title, one.versions, *told, hits, lead))
    return out


def machine() -> str:
    """The processor in words, and how many of them this process may use."""
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").is_file() else ():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{model}, {count} cores, {platform.system()}, Python {platform.python_version()}, one thread"


def as_json(run: SideBySide) -> str:
    """The record as JSON."""
    rows = [
        one._asdict()
        | {"hits": {key: hit._asdict() for key, hit in one.hits.items()}}
        | {"lead": {key: hit._asdict() for key, hit in one.lead.items()}}
        for one in run.rows
    ]
    return json.dumps(run._asdict() | {"rows": rows}, ensure_ascii=False, indent=1) + "\n"


def main() -> int:
    """Measures, prints the table, keeps the record where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, default=None, help="where the record is written, for the README")
    parser.add_argument(
        "--only", nargs="+", choices=list(ENTRIES), default=list(ENTRIES), help="these contenders alone"
    )
    given = parser.parse_args()
    asked = asked_of((*IN_WORDS, *BY_FIELDS))
    missing = [name for name in given.only if versions(ENTRIES[name].packages) is None]
    for name in missing:
        needs = " and ".join(ENTRIES[name].packages)
        print(f"{ENTRIES[name].title} is left out: it needs {needs} (pip install -e '.[bench]').", file=sys.stderr)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        content, data = data_of(asked), folder / "data.json"
        data.write_text(json.dumps(content), encoding="utf-8")
        chosen = [name for name in given.only if name not in missing]
        found = {name: measured(name, data, folder / f"home-{name}", folder) for name in chosen}
    run = SideBySide(
        date=datetime.now(UTC).date().isoformat(),
        machine=machine(),
        catalogue_sha256=str(content["catalogue_sha256"]),
        labels=len(content["texts"]),
        datasets=len(content["dataset_ids"]),
        queries={part: len(places) for part, places in parts_of(asked).items()},
        rows=rows_of(asked, found),
        left_out=[ENTRIES[name].title for name in missing],
    )
    from side_table import table

    text = as_json(run)
    print(table(json.loads(text)))
    if given.json is not None:
        given.json.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
