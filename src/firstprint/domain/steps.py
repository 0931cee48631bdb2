"""Every step of the pipeline as a Protocol, on one page.

text → labels → candidates → fit → scaled factor → surrogate → combined estimate → facts → rationale → proposal
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from firstprint.domain.dataset import LabelKind
    from firstprint.domain.proposal import SurrogateOpinion


class Encoder(Protocol):
    """Turns texts into unit vectors."""

    @property
    def encoder_id(self) -> str:
        """Name, revision and checksum of the weights; two encoders with one id give the same vectors."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of shape (len(texts), dimension), float32, each of length 1."""
        ...


class LabelHits(NamedTuple):
    """Hits of one text among labels: ``rows`` int64 of shape (k,), ``scores`` float32 of shape (k,), best first."""

    rows: NDArray[np.int64]
    scores: NDArray[np.float32]


class PastDecision(NamedTuple):
    """A person's verdict on a dataset for some text: the text, who, when (ISO 8601), and the dataset's row."""

    text: str
    by: str
    decided: str
    row: int = -1


class Retrieved(NamedTuple):
    """A dataset found for a query, with the evidence: cosines in [0, 1] and the label that matched best.

    Attributes:
        row: the dataset's row in the catalogue.
        similarity: the fused evidence, in [0, 1].
        dense: best label cosine by the encoder.
        lexical: best label cosine by character n-grams.
        document: character n-gram cosine with all labels of the dataset together.
        label_row: row of the label with the strongest evidence.
        memory: best similarity to a text that a human confirmed for the dataset; 0 without one.
        votes: share of the votes of the decisions most like the text, each with its similarity to the 8th power.
        rejected: best similarity to a text for which a human rejected the dataset; 0 without one.
        named: mean of dense and lexical cosine of the dataset's best full name alone.
        named_dense: dense cosine of the dataset's best full name alone.
        broader: fused similarity to what may stand in for the thing: a wider class, or its main material.
        confirmed_by: the confirmation behind ``memory``.
        rejected_by: the rejection behind ``rejected``.
        disputed: confirmations of other datasets for a text that says the same; they conflict with ``confirmed_by``.
    """

    row: int
    similarity: float
    dense: float
    lexical: float
    document: float
    label_row: int
    label_kind: LabelKind
    memory: float = 0.0
    votes: float = 0.0
    rejected: float = 0.0
    named: float = 0.0
    named_dense: float = 0.0
    broader: float = 0.0
    confirmed_by: PastDecision | None = None
    rejected_by: PastDecision | None = None
    disputed: tuple[PastDecision, ...] = ()


class LabelSearch(Protocol):
    """Finds the labels nearest to vectors."""

    def search_vectors(
        self, vectors: NDArray[np.float32], k: int, allowed: NDArray[np.bool_] | None = None
    ) -> list[LabelHits]:
        """The ``k`` nearest labels of each vector of shape (n, dimension), among those allowed."""
        ...


class LexicalSearch(Protocol):
    """Compares a text with every label by the characters they share."""

    def scores(self, text: str) -> NDArray[np.float32]:
        """Cosine with every label, float32 of shape (n_labels,)."""
        ...


class Interval(NamedTuple):
    """A positive quantity with its interval: ``low < value < high``, at ``coverage`` (0 to 1)."""

    value: float
    low: float
    high: float
    coverage: float


class SurrogateQuery(NamedTuple):
    """What the surrogate sees of a product.

    Attributes:
        vector: the encoder's vector of the description, shape (dimension,).
        unit: canonical unit of the target the surrogate is asked for.
        mass_kg: mass of one piece, or None when unknown.
        geography: code or None.
        category: free text or None.
    """

    vector: NDArray[np.float32]
    unit: str
    mass_kg: float | None
    geography: str | None
    category: str | None


class Surrogate(Protocol):
    """A model over text and attributes that estimates a footprint without a matched dataset."""

    @property
    def surrogate_id(self) -> str:
        """Content-derived id of the trained model."""
        ...

    def estimate(self, query: SurrogateQuery, amount: float) -> SurrogateOpinion | None:
        """The footprint of ``amount`` × ``query.unit`` with its interval, or None when the unit has no model."""
        ...


class ChatModel(Protocol):
    """A language model that answers a prompt with an object of a given JSON schema."""

    @property
    def model_id(self) -> str:
        """Provider, model and, where known, revision."""
        ...

    def complete(self, prompt: str, schema: dict[str, object]) -> dict[str, object]:
        """The reply as an object that fits ``schema``; raises ``LanguageModelError`` otherwise."""
        ...
