"""From a request to ranked datasets: the ways to ask, the datasets allowed, retrieval, fit and order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from firstprint.catalogue.glossary import Glossary, load_glossary
from firstprint.domain.product import Product
from firstprint.errors import InputError
from firstprint.intake import Request
from firstprint.language import unshouted
from firstprint.ranking.fit_scores import Asked, fit_scores
from firstprint.ranking.fit_table import FitTable
from firstprint.ranking.ranker import Ranked, rank
from firstprint.retrieval.retriever import QueryVariant
from firstprint.threads import limited
from firstprint.understanding.ways import USED_STEPS, Step, Way, ways_to_ask

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstprint.domain.steps import Encoder
    from firstprint.ranking.acceptance import Acceptance
    from firstprint.retrieval.index_folder import OpenIndex
    from firstprint.retrieval.memory import Memory


class Remembering(Protocol):
    """Decisions that may change between two questions."""

    def current(self) -> Memory | None:
        """The decisions that stand now; None where there are none."""
        ...


POOL = 40
"""Datasets retrieved by text before fit terms order them."""

_WAYS_KEPT = 4_096
"""Requests whose ways to ask are kept: those of a chunk are encoded together first and searched for afterwards."""
_PLACES_KEPT = 64
"""Places whose datasets are kept as a mask: comparing the codes of all datasets took .2 ms a question."""
_TERM_WEIGHT = 0.5
"""A name that a language model gave counts less than the glossary's, and never more than the user's own words."""
_REGULATORY_BOUNDARY = "cbam_default"
_OTHER_COUNTRIES = "GLO"


class Found(NamedTuple):
    """Datasets in rank order, and the description's vector, which the surrogate takes."""

    ranked: list[Ranked]
    vector: NDArray[np.float32]


class _Asking(NamedTuple):
    """The last text asked about, encoded.

    Attributes:
        whole: the description as decisions on it are kept.
    """

    description: str
    texts: tuple[str, ...]
    variants: list[QueryVariant]
    vector: NDArray[np.float32]
    whole: QueryVariant


class Search:
    """Finds and ranks datasets for requests over one opened index."""

    def __init__(
        self,
        index: OpenIndex,
        encoder: Encoder,
        ranker: Acceptance,
        memory: Remembering | None = None,
        steps: frozenset[Step] = USED_STEPS,
        threads: int = 1,
    ) -> None:
        """Takes an opened index, its encoder, the ranker, decisions, the steps of reading, and threads of products."""
        self._threads = threads
        self._memory = memory
        self._steps = steps
        self._index = index
        self._encoder = encoder
        self._ranker = ranker
        self._geographies = np.array(index.catalogue.column("geography"))
        self._regulatory: NDArray[np.bool_] = (
            np.array(index.catalogue.column("system_boundary")) == _REGULATORY_BOUNDARY
        )
        self._fits: FitTable | None = None
        self._glossary: Glossary | None = None
        self._last: _Asking | None = None
        self._places: dict[str, NDArray[np.bool_]] = {}
        self._ways: dict[tuple[str, ...], tuple[Way, ...]] = {}

    def prepare(self, requests: Sequence[Request]) -> None:
        """Makes ready, for many requests together, what ``find`` is then quicker with; the answers are the same."""
        if self._fits is None:  # takes 0.1 s, which a single question does not win back
            self._fits = FitTable(self._index.catalogue)
        texts = list(dict.fromkeys(text for request in requests for text in self.texts(request)))
        if not texts:
            return
        with limited(self._threads):
            vectors = dict(zip(texts, self._encoder.encode(texts), strict=True))
            ways = {way.text for request in requests for way in self._ways_to_ask(request)}
            self._index.retriever.prepare({text: vectors[text] for text in texts if text in ways})

    def find(
        self,
        request: Request,
        allowed: NDArray[np.bool_],
        pool: int = POOL,
        terms: Sequence[str] = (),
        most: int | None = None,
    ) -> Found:
        """Ranks the allowed datasets for a request.

        Args:
            request: what is asked.
            allowed: bool of shape (n_datasets,), from ``ordinary`` or ``regulatory``.
            pool: datasets retrieved by text before fit terms order them.
            terms: further names to search with, of a language model.
            most: datasets wanted in the end; None for all that are ranked.
        """
        with limited(self._threads):
            return self._find(request, allowed, pool, terms, most)

    def _find(
        self, request: Request, allowed: NDArray[np.bool_], pool: int, terms: Sequence[str], most: int | None
    ) -> Found:
        product = request.product
        asking = self._encoded(request)
        near = None if product.geography is None else self._at(product.geography)
        memory = None if self._memory is None else self._memory.current()
        variants = [*asking.variants, *self._named(terms)]
        found = self._index.retriever.retrieve(variants, pool, allowed, near, memory, asking.whole)
        asked = Asked(
            text=product.description,
            unit=product.declared_unit.unit if request.unit_known else None,
            mass_kg=product.mass_kg,
            geography=product.geography,
            boundary=product.system_boundary,
            year=year_of(product),
        )
        ranked = rank(asked, found, self._suits(asked, found.rows), self._index.catalogue.dataset, self._ranker, most)
        return Found(ranked, asking.vector)

    def _suits(self, asked: Asked, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Scores of the fit terms of the datasets at ``rows``, shape (len(rows), number of terms)."""
        if self._fits is not None:
            return self._fits.scores(asked, rows)
        told = [fit_scores(asked, self._index.catalogue.dataset(row)) for row in rows.tolist()]
        return np.array(told, dtype=np.float64).reshape(len(rows), -1)

    def led_by(self, found: Found, request: Request, row: int, *, taken: bool) -> Found:
        """The same datasets with that of ``row`` before them, with its own evidence.

        Args:
            found: as the search ordered them.
            request: what is asked.
            row: of the catalogue.
            taken: a person has taken it for this product: its acceptance probability is 1.
        """
        only = np.zeros(len(self._geographies), dtype=np.bool_)
        only[row] = True
        ranked = self.find(request, only, pool=1).ranked
        first = [one._replace(acceptance_probability=1.0) if taken else one for one in ranked]
        rest = [one for one in found.ranked if one.found.row != row]
        return Found([*first, *rest], found.vector)

    def texts(self, request: Request) -> tuple[str, ...]:
        """The texts that are encoded to answer a request: the description and the ways to ask."""
        texts = (request.product.description, *(way.text for way in self._ways_to_ask(request)))
        whole = unshouted(texts[0])
        return texts if whole in texts else (*texts, whole)

    def ordinary(self, sources: Sequence[str] = (), without: Sequence[str] = ()) -> NDArray[np.bool_]:
        """Datasets that may be proxies: all but regulatory defaults, or those of the sources named.

        Args:
            sources: ids of sources; empty for all.
            without: ids of datasets to leave out; ids that the catalogue lacks are passed over.

        Raises:
            InputError: a source is not in the catalogue.
        """
        kept = self._of(sources) if sources else ~self._regulatory
        rows = [row for row in map(self._index.catalogue.find, without) if row is not None]
        kept[rows] = False
        return kept

    def _of(self, sources: Sequence[str]) -> NDArray[np.bool_]:
        column = np.array(self._index.catalogue.column("source"))
        unknown = [source for source in sources if not (column == source).any()]
        if unknown:
            raise InputError(
                f"No source of the catalogue is called {', '.join(map(repr, unknown))}.",
                hint="Sources: " + ", ".join(sorted(set(column.tolist()))) + ".",
                code="source_unknown",
            )
        return np.asarray(np.isin(column, list(sources)), dtype=np.bool_)

    def regulatory(self, geography: str | None) -> NDArray[np.bool_]:
        """Regulatory defaults for goods of a place: its own, and those for other countries."""
        here = self._at(_OTHER_COUNTRIES)
        if geography is not None:
            here = here | self._at(geography)
        return self._regulatory & here

    def _at(self, geography: str) -> NDArray[np.bool_]:
        known = self._places.get(geography)
        if known is None:
            if len(self._places) >= _PLACES_KEPT:
                self._places.clear()
            known = self._places[geography] = np.asarray(self._geographies == geography, dtype=np.bool_)
            known.flags.writeable = False
        return known

    def _encoded(self, request: Request) -> _Asking:
        """The query's variants and the description's vector; kept for the next question about the same text."""
        last, description = self._last, request.product.description
        if last is not None and (last.description, last.texts) == (description, request.matching_texts):
            return last
        ways = self._ways_to_ask(request)
        whole = unshouted(description)
        texts = list(dict.fromkeys([description, *(way.text for way in ways), whole]))
        vectors = dict(zip(texts, self._encoder.encode(texts), strict=True))
        variants = [QueryVariant(way.text, vectors[way.text], way.weight, way.kind == "broader") for way in ways]
        asked = QueryVariant(whole, vectors[whole], 1.0)
        self._last = _Asking(description, request.matching_texts, variants, vectors[description], asked)
        return self._last

    def _named(self, terms: Sequence[str]) -> list[QueryVariant]:
        if not terms:
            return []
        vectors = self._encoder.encode(list(terms))
        return [QueryVariant(term, vector, _TERM_WEIGHT) for term, vector in zip(terms, vectors, strict=True)]

    def _ways_to_ask(self, request: Request) -> tuple[Way, ...]:
        """Texts to search with, and their weights: as written, and in plainer words (``understanding.ways``)."""
        if self._glossary is None:
            self._glossary = load_glossary()
        known = self._ways.get(request.matching_texts)
        if known is None:
            if len(self._ways) >= _WAYS_KEPT:
                self._ways.clear()
            known = ways_to_ask(request.matching_texts, self._glossary, self._steps)
            self._ways[request.matching_texts] = known
        return known


def year_of(product: Product) -> int:
    """The year a product's footprint is asked for: the one stated, else the current one."""
    return product.year or datetime.now(UTC).year
