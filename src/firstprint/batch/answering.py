"""Answers chunks: the one function that every engine and every worker runs."""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from firstprint.assistant import Assistant
from firstprint.batch.records import BatchRow, Chunk, Flat, Outcome
from firstprint.errors import FirstprintError
from firstprint.models import load_ranker, ready_surrogate
from firstprint.recalibration import recalibrated
from firstprint.remembering import LiveMemory
from firstprint.workspace import encoder_of, ready_index

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstprint.domain.proposal import Proposal
    from firstprint.domain.steps import Encoder
    from firstprint.intake import RawRequest
    from firstprint.ranking.acceptance import Acceptance
    from firstprint.retrieval.index_folder import OpenIndex
    from firstprint.routes import Opinions
    from firstprint.settings import Settings
    from firstprint.workspace import Progress

_VECTORS_KEPT: Final = 16_384
"""At 512 float32 a vector, 34 MB."""
_FLATS_KEPT: Final = 16_384
_RECORDS_KEPT: Final = 1_024
"""About 30 kB each: repeated rows of a list often stand near each other."""
_NAMESPACE: Final = uuid.UUID("6f0c6c52-2a0b-5f0e-8f3e-0d5d1c7b9a11")
"""Of the ids of records in batches (UUID version 5: RFC 9562, section 5.5); any constant does."""
_UNSEEN_FAULTS: Final = (ValueError, ArithmeticError, LookupError, TypeError, RecursionError)
"""What a row nobody thought of could raise: it is that row's error, and the other million rows are answered."""
_ID_CHARS: Final = 36


class Plan(NamedTuple):
    """What is the same for all rows of a batch, and travels to every worker.

    Attributes:
        identity: of input, catalogue and models; ids of records are made from it.
        created: when the batch began, ISO 8601; every record carries it.
        records: whether whole records are asked for; else the flat table.
        decisions: place of the last human decision that counts: what is decided during the run changes nothing.
        ranker: as it stood when the batch began.
    """

    identity: str
    created: str
    records: bool
    decisions: int
    ranker: Acceptance


class Opened(NamedTuple):
    """What a batch is answered from."""

    assistant: Assistant
    decisions: int


class KeepingEncoder:
    """An encoder that keeps the vectors of the last distinct texts; keeps the ``Encoder`` protocol."""

    def __init__(self, encoder: Encoder, kept: int = _VECTORS_KEPT) -> None:
        """Keeps at most ``kept`` vectors, those used last."""
        self._encoder, self._size = encoder, kept
        self._kept: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self.encoded = 0

    @property
    def encoder_id(self) -> str:
        """That of the encoder beneath."""
        return self._encoder.encoder_id

    @property
    def dimension(self) -> int:
        """That of the encoder beneath."""
        return self._encoder.dimension

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of shape (len(texts), dimension); those not kept are encoded together."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._kept]
        fresh: dict[str, NDArray[np.float32]] = {}
        if missing:
            self.encoded += len(missing)
            fresh = dict(zip(missing, self._encoder.encode(missing), strict=True))
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        out = np.stack([fresh[text] if text in fresh else self._known(text) for text in texts])
        self._keep(fresh)
        return out

    def _known(self, text: str) -> NDArray[np.float32]:
        self._kept.move_to_end(text)
        return self._kept[text]

    def _keep(self, fresh: dict[str, NDArray[np.float32]]) -> None:
        # Copies: a view would keep the whole block of its chunk alive.
        self._kept.update((text, vector.copy()) for text, vector in fresh.items())
        while len(self._kept) > self._size:
            self._kept.popitem(last=False)


def without_model(settings: Settings) -> Settings:
    """The settings without a language model: a batch must give the same output twice, and a model does not."""
    return settings.model_copy(update={"llm": None, "llm_expansion": False, "llm_reordering": False})


def open_for_batch(settings: Settings, plan: Plan | None = None, progress: Progress | None = None) -> Opened:
    """Opens the workspace; vectors are kept across rows.

    Args:
        settings: of the workspace.
        plan: of a batch that has begun, whose decisions and ranker count; None takes those of this moment.
        progress: told each step of building an index.
    """
    chosen = without_model(settings)
    encoder = KeepingEncoder(encoder_of(chosen))
    index: OpenIndex = ready_index(chosen, encoder, progress)
    surrogate = ready_surrogate(chosen, index.catalogue, encoder, progress)
    folder = chosen.home / "cache"
    memory = LiveMemory(chosen.resolved_database_url, index.catalogue, encoder, folder, plan.decisions if plan else None)
    seen = memory.freeze()
    ranker = recalibrated(load_ranker(chosen), chosen).model if plan is None else plan.ranker
    heard = None if surrogate is None else replace(surrogate, encoder=encoder)
    return Opened(Assistant(chosen, index, encoder, ranker, heard, memory), seen)


class Answerer:
    """Answers the chunks of one batch; equal requests are answered once while they are remembered."""

    def __init__(self, assistant: Assistant, plan: Plan) -> None:
        """Takes an opened assistant and what is the same for all rows."""
        self._assistant, self._plan = assistant, plan
        self._kept: OrderedDict[RawRequest, Outcome] = OrderedDict()
        self._size = _RECORDS_KEPT if plan.records else _FLATS_KEPT

    def answer(self, chunk: Chunk) -> tuple[Outcome, ...]:
        """One outcome a row, in the order of the rows."""
        self._encode_ahead([row.raw for row in chunk.rows if row.raw is not None and row.raw not in self._kept])
        return tuple(map(self._row, chunk.rows))

    def _encode_ahead(self, asked: Sequence[RawRequest]) -> None:
        """All texts of the chunk's new requests in one call."""
        texts: dict[str, None] = {}
        for raw in dict.fromkeys(asked):
            try:
                texts.update(dict.fromkeys(self._assistant.texts(raw)))
            except (FirstprintError, *_UNSEEN_FAULTS):
                continue  # told again, as the row's error, where the row is answered
        if texts:
            self._assistant.encoder.encode(list(texts))

    def _row(self, row: BatchRow) -> Outcome:
        if row.raw is None:
            return Outcome(Flat(row.row_id, "error", error=row.error))
        kept = self._kept.get(row.raw)
        if kept is None:
            kept = self._kept[row.raw] = self._asked(row.raw)
            if len(self._kept) > self._size:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(row.raw)
        record = self._numbered(row, kept.record) if kept.record else ""
        return Outcome(kept.flat._replace(row_id=row.row_id), record)

    def _asked(self, raw: RawRequest) -> Outcome:
        try:
            if self._plan.records:
                return self._record(self._assistant.propose(raw, phrase=False))
            return Outcome(_flat(self._assistant.opinions(raw)))
        except FirstprintError as error:
            return Outcome(Flat("", "error", error=str(error)))
        except _UNSEEN_FAULTS as error:
            told = f"The row cannot be answered ({type(error).__name__}: {str(error)[:200]}). Please report it."
            return Outcome(Flat("", "error", error=" ".join(told.split())))

    def _record(self, proposal: Proposal) -> Outcome:
        provenance = proposal.provenance.model_copy(update={"created": self._plan.created})
        fixed = proposal.model_copy(update={"id": "0" * _ID_CHARS, "provenance": provenance})
        return Outcome(flat_of(fixed), fixed.model_dump_json())

    def _numbered(self, row: BatchRow, record: str) -> str:
        """The record with the id of its row: the same input, row, catalogue and models give the same id."""
        made = uuid.uuid5(_NAMESPACE, f"{self._plan.identity}:{row.number}")
        return record.replace("0" * _ID_CHARS, str(made), 1)


def flat_of(proposal: Proposal) -> Flat:
    """A record as a row of the flat table, its id left open."""
    first = proposal.candidates[0] if proposal.candidates else None
    estimate = proposal.estimate
    return Flat(
        row_id="",
        status=proposal.status,
        decision=proposal.decision,
        kg_co2e=None if estimate is None else estimate.kg_co2e,
        low=None if estimate is None else estimate.low,
        high=None if estimate is None else estimate.high,
        dataset_id="" if first is None else first.dataset_id,
        dataset_name="" if first is None else _name(first.name, first.name_zh, proposal.rationale.language),
        acceptance_probability=None if first is None else first.acceptance_probability,
        flags="|".join(flag.code for flag in proposal.flags),
    )


def _flat(said: Opinions) -> Flat:
    (route,) = said.routes
    first = said.candidates[0] if said.candidates else None
    return Flat(
        row_id="",
        status="proposed",
        decision=said.decision,
        kg_co2e=None if route.estimate is None else route.estimate.kg_co2e,
        low=None if route.estimate is None else route.estimate.low,
        high=None if route.estimate is None else route.estimate.high,
        dataset_id="" if first is None else first.dataset_id,
        dataset_name="" if first is None else _name(first.name, first.name_zh, said.language),
        acceptance_probability=None if first is None else first.acceptance_probability,
        flags="|".join(flag.code for flag in said.flags),
    )


def _name(name: str, name_zh: str, language: str) -> str:
    return name_zh or name if language == "zh" else name
