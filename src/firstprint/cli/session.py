"""What a command needs from outside: the home folder, the settings, the assistant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from firstprint.cli.progress import StepProgress
from firstprint.errors import InputError

if TYPE_CHECKING:
    from firstprint.assistant import Assistant
    from firstprint.domain.steps import ChatModel, Encoder
    from firstprint.retrieval.index_folder import OpenIndex
    from firstprint.settings import Settings
    from firstprint.store.proposals import ProposalStore


def home_of(context: typer.Context, home: Path | None) -> Path | None:
    """The home given after the command, else the one given before it, else None."""
    before = context.find_root().params.get("home")
    return home or (before if isinstance(before, Path) else None)


def settings_of(context: typer.Context, home: Path | None) -> Settings:
    """The settings, ``--home`` taking precedence over the environment."""
    from firstprint.settings import load_settings

    return load_settings(home_of(context, home))


def open_assistant(context: typer.Context, home: Path | None, progress: StepProgress) -> Assistant:
    """The assistant of the home folder; builds index and surrogate on first use and says so."""
    from firstprint.embedding.opening import open_encoder

    settings = settings_of(context, home)
    # First: the default encoder loads beside all that follows, imports included.
    encoder = open_encoder(settings.embedding_model, device=settings.embedding_device, threads=settings.threads)
    from firstprint.assistant import Assistant

    assistant = Assistant.open(settings=settings, progress=progress, encoder=encoder)
    _read_ahead()
    return assistant


def _read_ahead() -> None:
    """Reads what the first question will need and what needs no encoder, which still loads beside."""
    import firstprint.retrieval.label_codes  # noqa: F401 - it imports faiss
    from firstprint.catalogue.opposites import load_opposites

    load_opposites()


def open_index(context: typer.Context, home: Path | None, progress: StepProgress) -> OpenIndex:
    """Catalogue and index of the home folder, built on first use."""
    from firstprint.workspace import encoder_of, ready_index

    settings = settings_of(context, home)
    return ready_index(settings, encoder_of(settings), progress)


def open_encoder_and_chat(context: typer.Context, home: Path | None) -> tuple[Encoder, ChatModel | None]:
    """The encoder of the settings, and the language model where one is set; no index is needed."""
    from firstprint.workspace import encoder_of

    settings = settings_of(context, home)
    encoder = encoder_of(settings)
    if not settings.llm:
        return encoder, None
    from firstprint.llm.chat import open_chat

    key = settings.llm_api_key
    secret = key.get_secret_value() if key else None
    return encoder, open_chat(settings.llm, settings.llm_base_url, secret, settings.llm_timeout_s)


@contextmanager
def store_if_kept(context: typer.Context, home: Path | None) -> Iterator[ProposalStore | None]:
    """The store of the home folder, or None where nothing was kept yet: looking makes no database."""
    from firstprint.store.presence import has_database

    url = settings_of(context, home).resolved_database_url
    if not has_database(url):
        yield None
        return
    from firstprint.store.opening import open_store

    with open_store(url) as store:
        yield store


@contextmanager
def kept_store(context: typer.Context, home: Path | None) -> Iterator[ProposalStore]:
    """The store of the home folder.

    Raises:
        InputError: ``nothing_kept``.
    """
    with store_if_kept(context, home) as store:
        if store is None:
            raise InputError(
                "No proposals are kept yet.",
                hint="Keep one: firstprint estimate TEXT --save; --home or FIRSTPRINT_HOME names another workspace.",
                code="nothing_kept",
            )
        yield store
