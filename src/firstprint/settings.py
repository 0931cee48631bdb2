"""Every setting, each readable from the environment as ``FIRSTPRINT_…``; the table in docs comes from here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from firstprint.errors import FaultsError, WorkspaceError


def default_home() -> Path:
    """The platform's folder for user data, for example ``~/.local/share/firstprint``."""
    from platformdirs import user_data_path

    return user_data_path("firstprint", appauthor=False)


class Settings(BaseSettings):
    """What a user may choose. Units stand in the names; unset means the default described."""

    model_config = SettingsConfigDict(env_prefix="FIRSTPRINT_", frozen=True, extra="ignore")

    home: Annotated[
        Path, Field(description="Workspace: indexes, trained models, imported references and the database.")
    ] = Field(default_factory=default_home)
    embedding_model: Annotated[
        str,
        Field(description="Encoder: the default, or a sentence-transformers model by hub name or folder."),
    ] = "use-multilingual-3"
    embedding_device: Annotated[
        str | None,
        Field(
            description="torch device of a sentence-transformers model: auto, cpu, cuda, cuda:1, mps; unset: the best."
        ),
    ] = None
    embedding_batch: Annotated[
        int, Field(ge=1, le=8192, description="Texts of one pass of a sentence-transformers model at most.")
    ] = 64
    embedding_precision: Annotated[
        Literal["float32", "float16"],
        Field(description="Numbers a sentence-transformers model computes with; float16 is for GPUs."),
    ] = "float32"
    threads: Annotated[
        int, Field(ge=1, le=256, description="CPU threads of the encoder; more help large batches on idle cores.")
    ] = 1
    ranker: Annotated[
        Literal["learned", "fixed"],
        Field(description="Order of candidates: learned, or fixed: fused similarity and fit alone, nothing learned."),
    ] = "learned"
    adapter: Annotated[
        Literal["auto", "off"],
        Field(description="Catalogue adapter: auto uses it where held-out names of the catalogue gain; off never."),
    ] = "auto"
    database_url: Annotated[
        str | None, Field(description="Where saved proposals live; unset: SQLite inside the home folder.")
    ] = None
    four_eyes_above_kg: Annotated[
        float | None,
        Field(
            ge=0,
            allow_inf_nan=False,
            description="Above this footprint of the declared unit, kg CO2e, two people decide together; unset: one.",
        ),
    ] = None
    login: Annotated[
        bool,
        Field(description="The server asks who you are; without it, it serves this machine alone."),
    ] = False
    rate_per_minute: Annotated[
        float,
        Field(ge=0, le=1e6, description="Requests one client of the server may send a minute on average; 0: no limit."),
    ] = 0.0
    llm: Annotated[
        str | None,
        Field(description="Language model that phrases the rationale, as provider:model; unset: the template speaks."),
    ] = None
    llm_base_url: Annotated[
        str | None,
        Field(description="Address of an OpenAI-compatible server, for local and self-hosted models."),
    ] = None
    llm_api_key: Annotated[
        SecretStr | None,
        Field(description="Key of a hosted language model; unset: the provider's own variable."),
    ] = None
    llm_timeout_s: Annotated[
        float,
        Field(gt=0, le=600, description="Seconds a language model may take before the template speaks."),
    ] = 30.0
    llm_expansion: Annotated[
        bool,
        Field(description="Ask the language model for other names of the product and search with them as well."),
    ] = False
    llm_reordering: Annotated[
        bool,
        Field(description="Ask the language model, in two opposite orders, which of the first candidates suits best."),
    ] = False

    @field_validator("llm_expansion", "llm_reordering")
    @classmethod
    def _has_model(cls, wanted: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - pydantic's signature
        if wanted and not info.data.get("llm"):
            message = "it needs a language model; set FIRSTPRINT_LLM, or leave this off"
            raise ValueError(message)
        return wanted

    @property
    def index_folder(self) -> Path:
        """Where indexes are kept, one folder an index id."""
        return self.home / "index"

    @property
    def model_folder(self) -> Path:
        """Where trained surrogates and rankers are kept."""
        return self.home / "models"

    @property
    def resolved_database_url(self) -> str:
        """The database address, SQLite inside the home folder unless one is set."""
        return self.database_url or f"sqlite:///{self.home / 'firstprint.db'}"


def load_settings(home: Path | str | None = None) -> Settings:
    """Settings from the environment, with ``home`` given on the command line taking precedence.

    Raises:
        FaultsError: listing every setting whose value breaks its rule.
        WorkspaceError: the home path is not a folder.
    """
    try:
        settings = Settings() if home is None else Settings(home=Path(home))
    except ValidationError as error:
        faults = [
            f"FIRSTPRINT_{'_'.join(str(part) for part in fault['loc']).upper()}: {fault['msg']}, got {fault['input']!r}"
            for fault in error.errors()
        ]
        raise FaultsError("Settings in the environment break their rules.", faults) from error
    settings = settings.model_copy(update={"home": settings.home.expanduser()})
    if settings.home.exists() and not settings.home.is_dir():
        raise WorkspaceError(
            f"The home {str(settings.home)!r} is a file, not a folder.",
            hint="Give a folder: --home DIR or FIRSTPRINT_HOME=DIR.",
            code="home_not_folder",
        )
    return settings
