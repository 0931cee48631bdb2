"""The checks of ``firstprint doctor``; each looks at one thing and says what to do about it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from typing import Literal

from firstprint.domain.product import Record
from firstprint.errors import FirstprintError, IndexFaultError
from firstprint.settings import Settings
from firstprint.version import __version__

State = Literal["ok", "wrong", "absent"]
"""``absent``: not set up or not installed, and nothing needs it."""

REACH_S = 2.0
"""Seconds a database or language model server may take to answer."""
LEAST_FREE_MB = 500
PACKAGES = ("numpy", "faiss-cpu", "pyarrow", "pydantic", "typer", "rich", "scikit-learn", "sqlalchemy")
"""Packages every command line run may need."""
OPTIONAL = {
    "torch": ("torch", "Only for other encoders: pip install sentence-transformers"),
    "sentence-transformers": ("sentence_transformers", "Only for other encoders: pip install sentence-transformers"),
    "langchain": ("langchain", "Only for a language model: pip install langchain langchain-openai"),
    "psycopg": ("psycopg", "Only for PostgreSQL: pip install 'firstprint[postgres]'"),
    "ray": ("ray", "Only for batches on several machines: pip install 'firstprint[ray]'"),
}


class Finding(Record):
    """One check: its state, what was seen, and what to do."""

    check: str
    state: State
    seen: str
    advice: str = ""


class Report(Record):
    """All checks; ``sound`` when none is wrong."""

    sound: bool
    findings: tuple[Finding, ...]


def examine(settings: Settings, *, devices: bool) -> Report:
    """Runs every check; a check that fails is a finding, never an error."""
    checks: tuple[tuple[str, Callable[[Settings], Finding]], ...] = (
        ("home folder", home_folder),
        ("catalogue", catalogue),
        ("encoder", encoder),
        ("index", index),
        ("models", models),
        ("references", references),
        ("database", database),
        ("language model", language_model),
    )
    findings = [*installation(), *(_guarded(name, check, settings) for name, check in checks), *optional()]
    if devices:
        findings.append(torch_devices())
    return Report(sound=all(each.state != "wrong" for each in findings), findings=tuple(findings))


def _guarded(name: str, check: Callable[[Settings], Finding], settings: Settings) -> Finding:
    try:
        return check(settings)
    except FirstprintError as error:
        return Finding(check=name, state="wrong", seen=error.message, advice=error.hint)


def installation() -> Iterator[Finding]:
    """Python, firstprint and the packages it cannot do without."""
    version = ".".join(map(str, sys.version_info[:3]))
    sound = sys.version_info >= (3, 11)
    yield Finding(
        check="python",
        state="ok" if sound else "wrong",
        seen=version,
        advice="" if sound else "Install Python 3.11 or newer.",
    )
    yield Finding(check="firstprint", state="ok", seen=__version__)
    found = {name: _version(name) for name in PACKAGES}
    missing = [name for name, number in found.items() if number is None]
    yield Finding(
        check="packages",
        state="wrong" if missing else "ok",
        seen=", ".join(f"{name} {number or 'missing'}" for name, number in found.items()),
        advice=f"pip install {' '.join(missing)}" if missing else "",
    )


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def optional() -> Iterator[Finding]:
    """Packages that single features need; looked up, not imported."""
    for package, (module, advice) in OPTIONAL.items():
        here = importlib.util.find_spec(module) is not None
        seen = (_version(package) or "installed") if here else "not installed"
        yield Finding(check=package, state="ok" if here else "absent", seen=seen, advice="" if here else advice)


def home_folder(settings: Settings) -> Finding:
    """The home folder can be written and has room."""
    standing = next(folder for folder in (settings.home, *settings.home.absolute().parents) if folder.exists())
    advice = "Choose a folder you may write to: --home DIR or FIRSTPRINT_HOME=DIR."
    try:
        with tempfile.TemporaryFile(dir=standing):
            free_mb = shutil.disk_usage(standing).free / 1e6
    except OSError as error:
        seen = f"{settings.home}: cannot be written ({error.strerror})"
        return Finding(check="home folder", state="wrong", seen=seen, advice=advice)
    made = "" if settings.home.exists() else ", made on first use"
    seen = f"{settings.home}{made}, {free_mb / 1000:,.1f} GB free"
    if free_mb < LEAST_FREE_MB:
        return Finding(
            check="home folder", state="wrong", seen=seen, advice=f"Free {LEAST_FREE_MB} MB or choose another disk."
        )
    return Finding(check="home folder", state="ok", seen=seen)


def catalogue(_settings: Settings) -> Finding:
    """The shipped catalogue can be read and every row keeps the rules."""
    from firstprint.catalogue.reader import read_catalogue
    from firstprint.workspace import shipped

    parts = shipped()
    rows = read_catalogue(parts.files)
    seen = f"{len(rows.datasets):,} datasets from {len(parts.files)} sources, sha256 {parts.catalogue_sha256[:12]}…"
    if rows.faults:
        return Finding(
            check="catalogue", state="wrong", seen=f"{seen}; {rows.faults[0]}", advice="Reinstall firstprint."
        )
    return Finding(check="catalogue", state="ok", seen=seen)


def encoder(settings: Settings) -> Finding:
    """The encoder's weights are present and unchanged: a first vector is made."""
    from firstprint.workspace import encoder_of

    opened = encoder_of(settings)
    dimension = opened.encode(["steel"]).shape[1]
    return Finding(check="encoder", state="ok", seen=f"{opened.encoder_id}, {dimension} dimensions, checksum fits")


def index(settings: Settings) -> Finding:
    """The index that fits catalogue and encoder is there and undamaged."""
    from firstprint.cli.render_index import size_words
    from firstprint.retrieval.index_keeping import index_folders
    from firstprint.workspace import encoder_of, verified_index

    try:
        manifest = verified_index(settings, encoder_of(settings))
    except IndexFaultError as fault:
        if fault.code != "index_missing":
            raise
        return Finding(
            check="index", state="absent", seen="not built yet", advice="Built on first use, or: firstprint index build"
        )
    found = index_folders(settings.index_folder)
    seen = (
        f"{manifest.index_id}, {manifest.labels:,} labels over {manifest.datasets:,} datasets, checksums fit; "
        f"{size_words(found)} in this home"
    )
    advice = "Others than the one that fits can be removed: firstprint index prune" if len(found) > 1 else ""
    return Finding(check="index", state="ok", seen=seen, advice=advice)


def models(settings: Settings) -> Finding:
    """Ranker and surrogate can be read: the user's own, else the shipped ones."""
    from firstprint.estimation.surrogate_files import load_surrogate
    from firstprint.models import RANKER_FILE, load_ranker, surrogate_folder
    from firstprint.resources import resource
    from firstprint.workspace import encoder_of

    opened = encoder_of(settings)
    ranker = load_ranker(settings)
    whose = "your own" if (settings.model_folder / RANKER_FILE).is_file() else "shipped"
    seen = f"ranker {ranker.ranker_id} ({whose})"
    own = surrogate_folder(settings, opened)
    trained = load_surrogate(own, opened) if own.is_dir() else load_surrogate(resource("index/surrogate"))
    if trained.encoder_id != opened.encoder_id:
        advice = "Trained for this encoder on first use, or: firstprint train"
        return Finding(
            check="models", state="absent", seen=f"{seen}, no surrogate for {opened.encoder_id}", advice=advice
        )
    whose = "your own" if own.is_dir() else "shipped"
    return Finding(check="models", state="ok", seen=f"{seen}, surrogate {trained.surrogate_id} ({whose})")


def references(settings: Settings) -> Finding:
    """Imported reference footprints can be read, and the surrogate in use was trained on them."""
    from firstprint.models import surrogate_note
    from firstprint.reference_sources import active_sources, rows_of
    from firstprint.trained_on import out_of_use
    from firstprint.workspace import encoder_of

    sources = active_sources(settings)
    differs = out_of_use(settings, surrogate_note(settings, encoder_of(settings)))
    if not sources and not differs:
        advice = "Products with known footprints make the model better: firstprint references import FILE"
        return Finding(check="references", state="absent", seen="those of the catalogue alone", advice=advice)
    rows = sum(len(rows_of(settings, source)) for source in sources)
    seen = f"{rows:,} imported, of {', '.join(source.key for source in sources) or 'no source'}"
    if differs:
        return Finding(
            check="references", state="wrong", seen=f"{seen}; {'; '.join(differs)}", advice="Run: firstprint train"
        )
    return Finding(check="references", state="ok", seen=f"{seen}; the model was trained on them")


def database(settings: Settings) -> Finding:
    """The database of saved proposals can be opened; a SQLite file that does not exist yet is not made."""
    default = settings.home / "firstprint.db"
    if settings.database_url is None and not default.exists():
        return Finding(check="database", state="absent", seen=f"{default}: made by the first --save")
    from firstprint.store.opening import open_store

    with open_store(settings.resolved_database_url):
        seen = f"{default}" if settings.database_url is None else settings.resolved_database_url.rsplit("@", 1)[-1]
        return Finding(check="database", state="ok", seen=f"{seen}: opened")


def language_model(settings: Settings) -> Finding:
    """A language model is set, and the server it is set to answers."""
    if not settings.llm:
        advice = "Set FIRSTPRINT_LLM and FIRSTPRINT_LLM_BASE_URL to have rationales phrased by one."
        return Finding(check="language model", state="absent", seen="none: the template writes", advice=advice)
    if not settings.llm_base_url:
        return Finding(check="language model", state="ok", seen=f"{settings.llm}, at its provider (not called)")
    fault = _unreachable(settings.llm_base_url)
    seen = f"{settings.llm} at {settings.llm_base_url}"
    if fault:
        advice = "Start the server or mend FIRSTPRINT_LLM_BASE_URL; until then the template writes."
        return Finding(check="language model", state="wrong", seen=f"{seen}: {fault}", advice=advice)
    return Finding(check="language model", state="ok", seen=f"{seen}: reachable")


def _unreachable(address: str) -> str:
    """Why no connection to ``address`` comes about within ``REACH_S``; empty when one does."""
    import socket
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port or {"https": 443}.get(parts.scheme, 80)
    except ValueError as error:
        return f"not an address ({error})"
    if not host:
        return "not an address, such as http://127.0.0.1:8080/v1"
    try:
        with socket.create_connection((host, port), timeout=REACH_S):
            return ""
    except OSError as error:
        return f"no connection ({error.strerror or error})"


def torch_devices() -> Finding:
    """The devices torch sees; imports torch, so only when asked."""
    if importlib.util.find_spec("torch") is None:
        return Finding(check="torch devices", state="absent", seen="torch is not installed")
    import torch

    names = [torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())]
    return Finding(check="torch devices", state="ok", seen=", ".join(["cpu", *names]))
