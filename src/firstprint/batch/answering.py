"""Answers chunks: the one function that every engine and every worker runs."""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import numpy as np

from firstprint.assistant import Assistant
from firstprint.batch.records import BatchRow, Chunk, Flat, Outcome
from firstprint.declaring import declared_product, piece_in_question
from firstprint.domain.steps import SurrogateQuery
from firstprint.errors import FirstprintError
from firstprint.intake import read_request
from firstprint.models import load_ranker, ready_surrogate
from firstprint.recalibration import recalibrated
from firstprint.remembering import LiveMemory
from firstprint.routes import asked_of, mass_is_assumed, routes
from firstprint.workspace import encoder_of, ready_index

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstprint.domain.proposal import Proposal
    from firstprint.domain.steps import Encoder
    from firstprint.intake import RawRequest, Request
    from firstprint.ranking.acceptance import Acceptance
    from firstprint.retrieval.index_folder import OpenIndex
    from firstprint.routes import Opinions, Question
    from firstprint.search import Found
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
_WONDERED_TOGETHER: Final = 256


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
    memory = LiveMemory(
        chosen.resolved_database_url, index.catalogue, encoder, folder, plan.decisions if plan else None
    )
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
        self._allowed = assistant.search.ordinary()

    def answer(self, chunk: Chunk) -> tuple[Outcome, ...]:
        """One outcome a row, in the order of the rows."""
        asked = dict.fromkeys(row.raw for row in chunk.rows if row.raw is not None)
        known = {raw: self._kept[raw] for raw in asked if raw in self._kept}
        known.update(self._asked([raw for raw in asked if raw not in known]))
        self._keep(known)
        return tuple(self._outcome(row, known) for row in chunk.rows)

    def _keep(self, used: dict[RawRequest, Outcome]) -> None:
        for raw, outcome in used.items():
            self._kept[raw] = outcome
            self._kept.move_to_end(raw)
        while len(self._kept) > self._size:
            self._kept.popitem(last=False)

    def _outcome(self, row: BatchRow, known: dict[RawRequest, Outcome]) -> Outcome:
        if row.raw is None:
            return Outcome(Flat(row.row_id, "error", error=row.error))
        said = known[row.raw]
        record = self._numbered(row, said.record) if said.record else ""
        return Outcome(said.flat._replace(row_id=row.row_id), record)

    def _asked(self, raws: Sequence[RawRequest]) -> dict[RawRequest, Outcome]:
        """Answers of distinct requests, each stage for all of them before the next."""
        out: dict[RawRequest, Outcome] = {}
        requests = _each(raws, read_request, out)
        found = self._found(requests, out)
        self._hear_masses(requests, found)
        bare = not self._plan.records
        questions = _each(found, lambda raw: self._assistant.question(requests[raw], found[raw], bare=bare), out)
        self._hear(list(questions.values()))
        answers = _each(questions, lambda raw: self._said(requests[raw], questions[raw]), out)
        return {**out, **answers}

    def _found(self, requests: dict[RawRequest, Request], out: dict[RawRequest, Outcome]) -> dict[RawRequest, Found]:
        """What the search finds, the texts of all requests encoded in one call."""
        search = self._assistant.search
        texts = _each(requests, lambda raw: search.texts(requests[raw]), out)
        search.prepare([requests[raw] for raw in texts])
        return _each(texts, lambda raw: search.find(requests[raw], self._allowed, most=requests[raw].top), out)

    def _hear_masses(self, requests: dict[RawRequest, Request], found: dict[RawRequest, Found]) -> None:
        """Which products come in pieces, and the typical masses of all that will be converted by one."""
        surrogate, ranker = self._assistant.surrogate, self._assistant.ranker
        if surrogate is None:
            return
        unsure = (piece_in_question(requests[raw], one, ranker) for raw, one in found.items())
        surrogate.hear_listed([query for query in unsure if query is not None])
        asked = []
        for raw, one in found.items():
            product, _ = declared_product(requests[raw], one, ranker, surrogate)
            if one.ranked and mass_is_assumed(product, one.ranked[0].dataset.unit):
                asked.append(SurrogateQuery(one.vector, "piece", None, None, product.category))
        surrogate.hear_masses(asked)

    def _hear(self, questions: Sequence[Question]) -> None:
        """The surrogate's opinion on all products; for records, with all it will be asked about them."""
        surrogate = self._assistant.surrogate
        if surrogate is None:
            return
        surrogate.hear([asked_of(question) for question in questions])
        if self._plan.records:
            for start in range(0, len(questions), _WONDERED_TOGETHER):
                part = [(one, routes(one, surrogate)) for one in questions[start : start + _WONDERED_TOGETHER]]
                for wondered in (self._assistant.wondered, self._assistant.wondered_at_masses):
                    surrogate.hear([query for one, said in part for query in wondered(one, said)])

    def _said(self, request: Request, question: Question) -> Outcome:
        if self._plan.records:
            return self._record(self._assistant.proposal(question, request.language))
        return Outcome(_flat(self._assistant.opinions_on(request, question)))

    def _record(self, proposal: Proposal) -> Outcome:
        provenance = proposal.provenance.model_copy(update={"created": self._plan.created})
        fixed = proposal.model_copy(update={"id": "0" * _ID_CHARS, "provenance": provenance})
        return Outcome(flat_of(fixed), fixed.model_dump_json())

    def _numbered(self, row: BatchRow, record: str) -> str:
        """The record with the id of its row: the same input, row, catalogue and models give the same id."""
        made = uuid.uuid5(_NAMESPACE, f"{self._plan.identity}:{row.number}")
        return record.replace("0" * _ID_CHARS, str(made), 1)


_Made = TypeVar("_Made")


def _each(
    raws: Iterable[RawRequest], make: Callable[[RawRequest], _Made], faults: dict[RawRequest, Outcome]
) -> dict[RawRequest, _Made]:
    """What ``make`` gives for each request; a request that it fails for is answered with its error."""
    made: dict[RawRequest, _Made] = {}
    for raw in raws:
        try:
            made[raw] = make(raw)
        except FirstprintError as error:
            faults[raw] = Outcome(Flat("", "error", error=str(error)))
        except _UNSEEN_FAULTS as error:
            told = f"The row cannot be answered ({type(error).__name__}: {str(error)[:200]}). Please report it."
            faults[raw] = Outcome(Flat("", "error", error=" ".join(told.split())))
    return made


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
