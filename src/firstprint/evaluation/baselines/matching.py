"""Plain ways to match: BM25, character TF-IDF, the encoder alone, and the memory of decisions alone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.evaluation.records import DEPTH, MatchSystem
from firstprint.language import unshouted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstprint.catalogue.table import Catalogue
    from firstprint.evaluation.folds import Fold
    from firstprint.evaluation.records import Query, Suite
    from firstprint.evaluation.workbench import Workbench
    from firstprint.retrieval.index_folder import OpenIndex

_CHUNK = 128
_HAN_SHARE = 0.5
_TOKEN = re.compile(r"[\u3400-\u9fff]+|[^\W_\u3400-\u9fff]+")

Scorer = Callable[[Sequence[int]], "NDArray[np.float32]"]
"""Positions of queries in, scores of every dataset out: shape (len(positions), n_datasets)."""


class _Asked(NamedTuple):
    """What every baseline is given."""

    suite: Suite
    opened: OpenIndex
    bench: Workbench
    documents: list[str]


def matching_baselines(
    suite: Suite, folds: Sequence[Fold], index: OpenIndex, bench: Workbench
) -> tuple[MatchSystem, ...]:
    """Every baseline on the queries of a suite, over the datasets that the product may propose.

    Args:
        suite: a match suite.
        folds: of a with-decisions suite; empty for zero-shot.
        index: over the suite's catalogue.
        bench: the open workspace.
    """
    asked = _Asked(suite, index, bench, documents_of(index.catalogue))
    systems = [
        _answers(asked, "bm25", _bm25(asked)),
        _answers(asked, "char-tfidf", _char_tfidf(asked)),
        _answers(asked, "dense", _dense(asked)),
    ]
    if folds:
        systems.append(_answers(asked, "memory", _memory(asked, folds)))
    return tuple(systems)


def documents_of(catalogue: Catalogue) -> list[str]:
    """All names and synonyms of each dataset as one text, in the order of the catalogue."""
    columns = (catalogue.column(name) for name in ("name", "name_zh", "synonyms"))
    return [" ".join(parts).replace("|", " ") for parts in zip(*columns, strict=True)]


def tokens(text: str) -> list[str]:
    """Words in lower case; of Chinese, every character and every two neighbours.

    >>> tokens("PVC 管材")
    ['pvc', '管', '材', '管材']
    """
    out: list[str] = []
    for run in _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold()):
        if "\u3400" <= run[0] <= "\u9fff":
            out += [*run, *(run[at : at + 2] for at in range(len(run) - 1))]
        else:
            out.append(run)
    return out


def _bm25(asked: _Asked) -> Scorer:
    """BM25 (Robertson and Zaragoza 2009) in Lucene's form, k1 1.5, b 0.75, over names and synonyms."""
    import bm25s

    model = bm25s.BM25()
    model.index([tokens(text) or [""] for text in asked.documents], show_progress=False)
    known = set(model.vocab_dict)

    def score(positions: Sequence[int]) -> NDArray[np.float32]:
        out = np.zeros((len(positions), len(asked.documents)), dtype=np.float32)
        for row, position in enumerate(positions):
            words = [word for word in tokens(asked.suite.queries[position].text) if word in known]
            if words:
                out[row] = model.get_scores(words)
        return out

    return score


def _char_tfidf(asked: _Asked) -> Scorer:
    """TF-IDF of character n-grams: 3 to 5 within words, or 1 to 3 where most of the queries' letters are Chinese."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    chinese = _mostly_chinese([query.text for query in asked.suite.queries])
    options = {"analyzer": "char", "ngram_range": (1, 3)} if chinese else {"analyzer": "char_wb", "ngram_range": (3, 5)}
    vectoriser = TfidfVectorizer(lowercase=True, sublinear_tf=True, dtype=np.float32, **options)
    documents = vectoriser.fit_transform(asked.documents).T.tocsr()

    def score(positions: Sequence[int]) -> NDArray[np.float32]:
        texts = [asked.suite.queries[position].text for position in positions]
        return np.asarray((vectoriser.transform(texts) @ documents).toarray(), dtype=np.float32)

    return score


def _mostly_chinese(texts: Sequence[str]) -> bool:
    letters = [char for text in texts for char in text if char.isalpha()]
    return sum("\u3400" <= char <= "\u9fff" for char in letters) > _HAN_SHARE * len(letters)


def _dense(asked: _Asked) -> Scorer:
    """The encoder alone: the cosine with each dataset's nearest label, capitals put in lower case."""
    queries = [unshouted(query.text) for query in asked.suite.queries]

    def score(positions: Sequence[int]) -> NDArray[np.float32]:
        vectors = asked.bench.encoder.encode([queries[position] for position in positions])
        return asked.opened.retriever.dense_scores(vectors)

    return score


def _memory(asked: _Asked, folds: Sequence[Fold]) -> Scorer:
    """The confirmed decisions alone: the dataset of the most similar confirmed text."""
    from firstprint.evaluation.run_match import decisions_of
    from firstprint.retrieval.memory import Memory

    memories = [Memory(decisions_of(asked.suite, fold, asked.opened, asked.bench)) for fold in folds]
    fold_of = {position: n for n, fold in enumerate(folds) for position in fold.asked.tolist()}

    def score(positions: Sequence[int]) -> NDArray[np.float32]:
        texts = [unshouted(asked.suite.queries[position].text) for position in positions]
        vectors = asked.bench.encoder.encode(texts)
        out = np.zeros((len(positions), len(asked.documents)), dtype=np.float32)
        for row, (position, text, vector) in enumerate(zip(positions, texts, vectors, strict=True)):
            recalled = memories[fold_of[position]].recall(text, vector)
            out[row, recalled.rows] = recalled.similarity
        return out

    return score


class _First(NamedTuple):
    """One query's answer by one baseline."""

    rank: int
    score: float
    row: int


def _answers(asked: _Asked, name: str, scorer: Scorer) -> MatchSystem:
    """Runs a scorer over all queries and keeps rank, first dataset and its score."""
    firsts = list(_firsts(asked, name, scorer))
    catalogue = asked.opened.catalogue
    ids, names = catalogue.column("dataset_id"), catalogue.column("name")
    first = tuple("" if one.row < 0 else ids[one.row] for one in firsts)
    right = [{*query.relevant, *query.acceptable} for query in asked.suite.queries]
    return MatchSystem(
        name=name,
        rank=np.array([one.rank for one in firsts], dtype=np.int64),
        accepted=np.array([key in keys for key, keys in zip(first, right, strict=True)], dtype=np.bool_),
        confidence=np.array([one.score for one in firsts], dtype=np.float64),
        probability=None,
        first=first,
        first_name=tuple("" if one.row < 0 else names[one.row] for one in firsts),
    )


def _firsts(asked: _Asked, name: str, scorer: Scorer) -> Iterator[_First]:
    queries, find = asked.suite.queries, asked.opened.catalogue.find
    allowed = asked.bench.assistant(asked.opened).allowed()
    for start in range(0, len(queries), _CHUNK):
        positions = range(start, min(start + _CHUNK, len(queries)))
        scores = np.where(allowed, scorer(positions), np.float32(0.0))
        for row, position in enumerate(positions):
            hidden = [place for place in map(find, queries[position].held_out) if place is not None]
            scores[row, hidden] = 0.0
            yield _first(scores[row], queries[position], find)
        asked.bench.progress(f"{asked.suite.name}: {name}", positions.stop, len(queries))


def _first(scores: NDArray[np.float32], query: Query, find: Callable[[str], int | None]) -> _First:
    """Ties count against the system: a relevant dataset stands behind all that score the same, but the first named."""
    best = int(np.argmax(scores))
    if scores[best] <= 0:
        return _First(0, float("-inf"), -1)
    relevant = [row for row in map(find, query.relevant) if row is not None]
    top = max((float(scores[row]) for row in relevant), default=0.0)
    if top <= 0:
        rank = 0
    elif best in relevant:
        rank = 1
    else:
        others = np.ones(len(scores), dtype=np.bool_)
        others[relevant] = False
        rank = 1 + int((others & (scores >= top)).sum())
    return _First(rank if rank <= DEPTH else 0, float(scores[best]), best)
