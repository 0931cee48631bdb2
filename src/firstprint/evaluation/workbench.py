"""What every suite of a run shares: one encoder that remembers, the default assistant, and indexes of suites' own."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from firstprint.assistant import Assistant
from firstprint.catalogue.glossary import load_glossary
from firstprint.catalogue.labels import RULES_VERSION
from firstprint.catalogue.reader import catalogue_sha256, read_sound_catalogue
from firstprint.embedding.cache import CachedEncoder
from firstprint.errors import IndexFaultError, ModelError
from firstprint.estimation.surrogate_files import load_surrogate, save_surrogate
from firstprint.models import fitted_surrogate, load_ranker, ready_surrogate
from firstprint.retrieval.index_folder import IndexSource, OpenIndex, adapter_part, build_index, open_index
from firstprint.retrieval.manifest import index_id
from firstprint.understanding.ways import USED_STEPS, Step
from firstprint.version import __version__
from firstprint.workspace import encoder_of, ready_index, shipped

if TYPE_CHECKING:
    from types import TracebackType

    from firstprint.domain.steps import ChatModel
    from firstprint.estimation.surrogate import TrainedSurrogate
    from firstprint.evaluation.records import Suite
    from firstprint.ranking.acceptance import Acceptance
    from firstprint.retrieval.memory import Memory
    from firstprint.settings import Settings

Progress = Callable[[str, int, int], None]
_CACHE_FILE = "cache/text-vectors.sqlite"
_INDEX_FOLDER = "cache/suite-indexes"


class Workbench:
    """Opens what suites need, each part once; used as a context so that the cache is closed.

    Attributes:
        encoder: the workspace's encoder, remembering what it encoded.
    """

    def __init__(self, settings: Settings, progress: Progress | None = None) -> None:
        """Takes the settings of the workspace that is evaluated.

        Raises:
            FirstprintError: the home folder or the encoder is at fault.
        """
        self.settings = settings
        self.progress: Progress = progress or (lambda _step, _done, _total: None)
        self.encoder = CachedEncoder(encoder_of(settings), settings.home / _CACHE_FILE)

    def __enter__(self) -> Workbench:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.encoder.close()

    @cached_property
    def default_index(self) -> OpenIndex:
        """The index over the default catalogue as it is shipped, built on first use; imports are left out."""
        return ready_index(self.settings, self.encoder, self.progress, shipped_only=True)

    @cached_property
    def ranker(self) -> Acceptance:
        """The workspace's ranker."""
        return load_ranker(self.settings)

    @cached_property
    def surrogate(self) -> TrainedSurrogate:
        """The workspace's surrogate."""
        return ready_surrogate(self.settings, self.default_index.catalogue, self.encoder, self.progress)

    def surrogate_of(self, suite: Suite) -> TrainedSurrogate:
        """The surrogate a zero-shot suite is asked with: the workspace's, or one trained on the suite's catalogue.

        It is what a user has whose catalogue that is. A catalogue too small to teach leaves the workspace's.

        Raises:
            FirstprintError: the suite's catalogue is at fault.
        """
        index = self.index_of(suite)
        if index is None or suite.catalogue == "default":
            return self.surrogate
        folder = self.settings.home / _INDEX_FOLDER / f"{index.manifest.index_id}-surrogate"
        try:
            return load_surrogate(folder, self.encoder)
        except ModelError:
            pass  # not trained yet, or by another version
        try:
            trained = fitted_surrogate(index.catalogue, self.encoder, self.progress)
        except ModelError:
            return self.surrogate
        save_surrogate(trained, folder)
        return trained

    def index_of(self, suite: Suite) -> OpenIndex | None:
        """The index a suite is matched against; None for a suite without a catalogue.

        Raises:
            FirstprintError: the suite's catalogue is at fault.
        """
        if suite.catalogue is None:
            return None
        return self.default_index if suite.catalogue == "default" else self._own_index(suite.catalogue)

    def assistant(
        self,
        index: OpenIndex,
        *,
        surrogate: TrainedSurrogate | None = None,
        memory: Memory | None = None,
        steps: frozenset[Step] = USED_STEPS,
    ) -> Assistant:
        """An assistant over an index; with the workspace's surrogate unless one is given."""
        return Assistant(self.settings, index, self.encoder, self.ranker, surrogate or self.surrogate, memory, steps)

    @cached_property
    def chat(self) -> ChatModel | None:
        """The language model the settings name, or None."""
        if not self.settings.llm:
            return None
        from firstprint.llm.chat import open_chat

        key = self.settings.llm_api_key
        return open_chat(
            self.settings.llm,
            self.settings.llm_base_url,
            key.get_secret_value() if key else None,
            self.settings.llm_timeout_s,
        )

    def _own_index(self, catalogue: Path) -> OpenIndex:
        parent = self.settings.home / _INDEX_FOLDER
        checksum, glossary = catalogue_sha256([catalogue]), shipped().glossary_sha256
        adapter = adapter_part(self.settings.adapter)
        identity = index_id(checksum, glossary, self.encoder.encoder_id, RULES_VERSION, adapter)
        try:
            return open_index(parent / identity, identity)
        except IndexFaultError:
            source = IndexSource(
                datasets=read_sound_catalogue([catalogue]),
                catalogue_sha256=checksum,
                glossary=load_glossary(),
                glossary_sha256=glossary,
                encoder=self.encoder,
                software=f"firstprint {__version__}",
                adapter=self.settings.adapter,
            )
            build_index(parent, source, self.progress)
        return open_index(parent / identity, identity)
