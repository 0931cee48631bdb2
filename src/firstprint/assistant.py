"""The facade, and the only file that knows the order of the steps.

text → labels → candidates → fit → scaled factor → surrogate → combined estimate → facts → rationale → proposal
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from firstprint.assembly import candidate, flags
from firstprint.declaring import declared_product
from firstprint.domain.dataset import Dataset
from firstprint.domain.product import Language, Product
from firstprint.domain.proposal import (
    Candidate,
    Decision,
    Estimate,
    Flag,
    LanguageModelStep,
    MatchResult,
    Proposal,
    Provenance,
)
from firstprint.domain.steps import Interval, SurrogateQuery
from firstprint.estimation.combine import routes_disagree
from firstprint.estimation.next_measurement import Situation, next_measurement, queries_at_masses, queries_of
from firstprint.estimation.plausible import Words, encoded_words, plausible
from firstprint.estimation.surrogate import without_each
from firstprint.intake import RawRequest, Request, read_request
from firstprint.model_steps import Stepped, chat_of, with_model_steps
from firstprint.models import load_ranker, ready_surrogate
from firstprint.ranking.ranker import Ranked
from firstprint.rationale.generated import write_rationale
from firstprint.rationale.records import RationaleInput
from firstprint.recalibration import recalibrated
from firstprint.remembering import LiveMemory
from firstprint.routes import COVERAGE, Opinions, Question, Routes, assumed_mass, named, routes, situation
from firstprint.search import POOL, Found, Search, year_of
from firstprint.settings import Settings, load_settings
from firstprint.understanding.ways import USED_STEPS, Step
from firstprint.version import __version__
from firstprint.workspace import Progress, encoder_of, ready_index

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from firstprint.domain.steps import ChatModel, Encoder
    from firstprint.estimation.surrogate import TrainedSurrogate
    from firstprint.ranking.acceptance import Acceptance
    from firstprint.retrieval.index_folder import OpenIndex
    from firstprint.search import Remembering

_REGULATORY_SIMILARITY = 0.8


class Assistant:
    """Estimates and matches products against an opened index.

    >>> assistant = Assistant.open()  # doctest: +SKIP
    >>> assistant.estimate("25 g PET bottle", geography="CN").estimate.kg_co2e  # doctest: +SKIP
    """

    def __init__(
        self,
        settings: Settings,
        index: OpenIndex,
        encoder: Encoder,
        ranker: Acceptance,
        surrogate: TrainedSurrogate | None,
        memory: Remembering | None = None,
        steps: frozenset[Step] = USED_STEPS,
    ) -> None:
        """Takes opened parts; use ``Assistant.open`` for the usual way."""
        self.settings = settings
        self.index = index
        self.encoder = encoder
        self.ranker = ranker
        self.surrogate = surrogate
        self.catalogue = index.catalogue
        self.memory = memory
        self.search = Search(index, encoder, ranker, memory, steps, settings.threads)
        self._chat: ChatModel | None = None

    @classmethod
    def open(
        cls,
        home: Path | str | None = None,
        *,
        settings: Settings | None = None,
        progress: Progress | None = None,
        encoder: Encoder | None = None,
    ) -> Assistant:
        """Opens the workspace (``encoder`` where it was opened before); at first builds index and surrogate.

        Raises:
            FirstprintError: a setting, the home folder, the encoder or a model is at fault.
        """
        settings = settings or load_settings(home)
        encoder = encoder or encoder_of(settings)
        index = ready_index(settings, encoder, progress)
        surrogate = ready_surrogate(settings, index.catalogue, encoder, progress)
        surrogate.prepare()
        memory = LiveMemory(settings.resolved_database_url, index.catalogue, encoder, settings.home / "cache")
        ranker = recalibrated(load_ranker(settings), settings).model
        return cls(settings, index, encoder, ranker, surrogate, memory)

    def match(
        self,
        text: str,
        *,
        top: int = 5,
        unit: str | None = None,
        geography: str | None = None,
        sources: Sequence[str] = (),
    ) -> MatchResult:
        """Ranks datasets for one text.

        Args:
            text: a description in any of the encoder's languages.
            top: candidates wanted, 1 to 50.
            unit: the unit a result is wanted per, or None.
            geography: where the product is made, or None.
            sources: ids of sources to look in; empty for all.

        Raises:
            InputError: a value breaks its rule.
        """
        request = read_request(RawRequest(text, unit=unit, geography=geography, top=top))
        found, steps = self._found(request, self.search.ordinary(sources))
        candidates = self._candidates(found.ranked, request, request.product)
        return MatchResult(
            query=request.product.description,
            candidates=candidates,
            decision=self._decision(candidates, found.ranked),
            provenance=self.provenance(None, None, steps),
        )

    def estimate(
        self,
        text: str,
        *,
        amount: float = 1.0,
        unit: str | None = None,
        mass_kg: float | None = None,
        geography: str | None = None,
        category: str | None = None,
        boundary: str = "cradle_to_gate",
        year: int | None = None,
        language: str | None = None,
        top: int = 5,
        save: bool = False,
        phrase: bool = True,
    ) -> Proposal:
        """Proposes a footprint for one product.

        Args:
            text: a description in any of the encoder's languages.
            amount: declared amount, above 0.
            unit: declared unit; None takes what the description begins with, else the first candidate's (kg of a mass).
            mass_kg: mass of one piece (or of one declared unit), or None.
            geography: where the product is made, or None.
            category: sector or product group, or None.
            boundary: system boundary asked for.
            year: year the footprint is asked for; None is the current one.
            language: ``en`` or ``zh``, the language to answer in; None follows the description.
            top: candidates wanted, 1 to 50.
            save: keep the proposal in the database.
            phrase: let a language model, where one is set, phrase the rationale; False leaves it to the template.

        Raises:
            InputError: a value breaks its rule.
        """
        raw = RawRequest(text, amount, unit, mass_kg, geography, category, boundary, year, language, top)
        proposal = self.propose(raw, phrase=phrase)
        if save:
            self._save(proposal)
        return proposal

    def propose(self, raw: RawRequest, *, first: str = "", taken: bool = False, phrase: bool = True) -> Proposal:
        """A proposal for a request, with a dataset put first where one is named.

        Args:
            raw: the request.
            first: id of a dataset of the catalogue that comes first, whatever the search says; empty for none.
            taken: a person has taken that dataset for this product, so that it is no guess.
            phrase: let a language model, where one is set, phrase the rationale.

        Raises:
            InputError: a value breaks its rule.
            CatalogueError: no dataset has the id.
        """
        request = read_request(raw)
        found, steps = self._found(request, self.search.ordinary())
        if first:
            found = self.search.led_by(found, request, self.catalogue.row_of(first), taken=taken)
        question = self.question(request, found)
        if first and question.decision == "no_match":
            question = question._replace(decision="ambiguous")
        return self.proposal(question, request.language, steps, self._chat_model() if phrase else None)

    def ranked(self, raw: RawRequest, *, pool: int = POOL, without: Sequence[str] = ()) -> list[Ranked]:
        """Every dataset retrieved for a request, in rank order, with its evidence: for training and evaluation.

        Args:
            raw: the request.
            pool: datasets retrieved by text before fit terms order them.
            without: ids of datasets that must not be found.
        """
        return self.search.find(read_request(raw), self.search.ordinary(without=without), pool).ranked

    def allowed(self) -> NDArray[np.bool_]:
        """Datasets that may be proposed, bool of shape (n_datasets,)."""
        return self.search.ordinary()

    def texts(self, raw: RawRequest) -> tuple[str, ...]:
        """The texts that are encoded to answer a request, so that many requests can be encoded together."""
        return self.search.texts(read_request(raw))

    def opinions(
        self, raw: RawRequest, *, coverages: Sequence[float] = (COVERAGE,), without: Sequence[str] = ()
    ) -> Opinions:
        """The numbers of a proposal alone, without a rationale: for evaluation.

        Args:
            raw: the request.
            coverages: each 0.8 or 0.9; routes are given at each, flags at the last.
            without: ids of datasets that must not be found.
        """
        request = read_request(raw)
        found = self.search.find(request, self.search.ordinary(without=without))
        return self.opinions_on(request, self.question(request, found), coverages)

    def opinions_on(self, request: Request, question: Question, coverages: Sequence[float] = (COVERAGE,)) -> Opinions:
        """The numbers for a product beside its candidates."""
        said = tuple(routes(question, self.surrogate, coverage) for coverage in coverages)
        last = said[-1]._replace(opinion=named(said[-1].opinion, "en", self.catalogue))
        flagged = self._flags(question, last, "en")
        return Opinions(question.decision, question.candidates, said, flagged, request.language)

    def regulatory_defaults(self, proposal: Proposal, *, top: int = 3) -> tuple[Dataset, ...]:
        """EU CBAM default values for like goods: shown beside a proposal, never part of its number."""
        request = read_request(RawRequest(proposal.product.description, geography=proposal.product.geography))
        found = self.search.find(request, self.search.regulatory(proposal.product.geography), pool=top)
        return tuple(r.dataset for r in found.ranked if r.found.similarity >= _REGULATORY_SIMILARITY)

    def question(self, request: Request, found: Found, *, bare: bool = False) -> Question:
        """The product beside its candidates; a typical mass converts where one is needed and none was stated.

        Args:
            request: what is asked.
            found: the datasets for it.
            bare: candidates without reasons and fit terms.
        """
        product, assumptions = declared_product(request, found, self.ranker, self.surrogate)
        unit = found.ranked[0].dataset.unit if found.ranked else None
        mass = assumed_mass(product, unit, self.surrogate, found.vector)
        candidates = self._candidates(found.ranked, request, product, mass, bare=bare)
        decision = self._decision(candidates, found.ranked)
        return Question(product, assumptions, candidates, decision, found.vector, mass)

    def proposal(
        self,
        question: Question,
        language: Language,
        steps: tuple[LanguageModelStep, ...] = (),
        chat: ChatModel | None = None,
    ) -> Proposal:
        """The record for a product beside its candidates; without a model the template speaks."""
        product, said = question.product, routes(question, self.surrogate)
        said = said._replace(opinion=named(said.opinion, language, self.catalogue))
        estimate, opinion = said.estimate, said.opinion
        if self.surrogate is not None:
            self.surrogate.hear(self.wondered(question, said))
            self.surrogate.hear(self.wondered_at_masses(question, said))
            if opinion is not None:
                opinion = self.surrogate.explained(opinion, said.query, product.declared_unit.amount)
        step = None
        if estimate is not None:
            step = next_measurement(self._situation(question, said, estimate), language)

        def raised(fallback: str | None) -> tuple[Flag, ...]:
            return self._flags(question, said, language, fallback)

        told, assumptions = question.told
        draft = RationaleInput(
            told, question.decision, estimate, question.candidates, opinion, raised(None), step, assumptions
        )
        written = write_rationale(draft, language, chat)
        return Proposal(
            id=str(uuid.uuid4()),
            product=product,
            estimate=estimate,
            candidates=question.candidates,
            decision=question.decision,
            surrogate=opinion,
            flags=raised(written.fallback_reason),
            next_measurement=step,
            rationale=written.rationale,
            provenance=self.provenance(written.prompt_sha256, written.llm_id, steps),
        )

    def wondered(self, question: Question, said: Routes) -> list[SurrogateQuery]:
        """All that the surrogate will be asked for the record of a product, so that it can be asked together."""
        if said.estimate is None:
            return []
        missing = self._situation(question, said, said.estimate)
        return [*queries_of(missing), *without_each(said.query).values()]

    def wondered_at_masses(self, question: Question, said: Routes) -> list[SurrogateQuery]:
        """What it will be asked at masses that its answers to ``wondered`` imply."""
        return [] if said.estimate is None else queries_at_masses(self._situation(question, said, said.estimate))

    def _situation(self, question: Question, said: Routes, estimate: Estimate) -> Situation:
        known = plausible(question.product.description, said.query.vector, self._words)
        return situation(question, said, estimate, self.surrogate, known)

    @cached_property
    def _words(self) -> Words:
        return encoded_words(self.encoder)

    def _flags(
        self, question: Question, said: Routes, language: Language, fallback: str | None = None
    ) -> tuple[Flag, ...]:
        return flags(
            question.product,
            question.decision,
            question.candidates,
            said.estimate,
            routes_disagree=routes_disagree(said.proxy, said.opinion),
            out_of_domain=said.far,
            rationale_fallback=fallback,
            year=year_of(question.product),
            language=language,
            neighbours=() if said.opinion is None else said.opinion.neighbours,
        )

    def _candidates(
        self,
        ranked: Sequence[Ranked],
        request: Request,
        product: Product,
        mass: Interval | None = None,
        *,
        bare: bool = False,
    ) -> tuple[Candidate, ...]:
        year, labels, language = year_of(product), self.index.labels, request.language
        return tuple(
            candidate(place, one, product, year, labels[one.found.label_row], language, mass, bare=bare)
            for place, one in enumerate(ranked[: request.top], start=1)
        )

    def _found(self, request: Request, allowed: NDArray[np.bool_]) -> Stepped:
        """The ranked datasets, with the steps of a language model where they are turned on."""
        return with_model_steps(
            lambda terms: self.search.find(request, allowed, terms=terms),
            request.product.description,
            self._chat_model() if self.settings.llm_expansion or self.settings.llm_reordering else None,
            self.settings,
        )

    def _decision(self, candidates: Sequence[Candidate], ranked: Sequence[Ranked]) -> Decision:
        """Whether the first may be taken; where people took different datasets for the same text, one must choose."""
        decision = self.ranker.decision(candidates[0].acceptance_probability if candidates else None)
        return "ambiguous" if decision == "match" and ranked[0].found.disputed else decision

    def _chat_model(self) -> ChatModel | None:
        self._chat = self._chat or chat_of(self.settings)
        return self._chat

    def _save(self, proposal: Proposal) -> None:
        from firstprint.store.opening import open_store

        with open_store(self.settings.resolved_database_url) as store:
            store.save(proposal)

    def provenance(
        self,
        prompt_sha256: str | None = None,
        llm: str | None = None,
        steps: tuple[LanguageModelStep, ...] = (),
    ) -> Provenance:
        """Everything that an answer of this moment rests on."""
        return Provenance(
            software=f"firstprint {__version__}",
            catalogue_sha256=self.catalogue.sha256,
            index_id=self.index.manifest.index_id,
            embedding_model=self.encoder.encoder_id,
            surrogate_id=self.surrogate.surrogate_id if self.surrogate is not None else "",
            ranker_id=self.ranker.ranker_id,
            prompt_sha256=prompt_sha256,
            llm=llm,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            llm_steps=steps,
        )
