"""A server of the whole app in this process, over a workspace of a few made-up datasets and the real encoder."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from firstprint.assistant import Assistant
from firstprint.catalogue.glossary import Glossary, load_glossary
from firstprint.domain.dataset import Dataset
from firstprint.domain.steps import Encoder
from firstprint.embedding.opening import open_encoder
from firstprint.ranking.acceptance import FIXED, QUERY_FEATURES, Logistic
from firstprint.remembering import LiveMemory
from firstprint.retrieval.index_folder import IndexSource, OpenIndex, build_index, open_index
from firstprint.server.app import create_app
from firstprint.server.services import Services
from firstprint.settings import load_settings
from firstprint.store.opening import open_store
from firstprint.store.proposals import ProposalStore

EVIL = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
"""What must be shown as it is written, and never run."""
_SIZE = len(QUERY_FEATURES)
_RANKER = FIXED._replace(first=Logistic((0.0,) * _SIZE, (1.0,) * _SIZE, (0.0,) * _SIZE, 2.5))
_FAR = 1e12


def _dataset(key: str, name: str, name_zh: str, unit: str, kg: float, **more: object) -> Dataset:
    made = {
        "dataset_id": key,
        "name": name,
        "name_zh": name_zh,
        "unit": unit,
        "gwp100_kg_co2e": kg,
        "system_boundary": "cradle_to_gate",
        "basis": "process",
        "source": "made-up",
        "source_version": "1",
        "geography": "CN",
        "year": 2024,
        "licence": "CC-BY-4.0",
        "attributes": {"citation": f"The made-up book of {name}, page 7"},
        **more,
    }
    return Dataset(**made)


DATASETS = (
    _dataset("shirt", "T-shirt, cotton", "棉T恤", "piece", 5.2, uncertainty_pct=25.0),
    _dataset("blouse", "Shirt, cotton", "棉衬衫", "piece", 11.2),
    _dataset("pet", "PET bottle", "PET瓶", "kg", 3.1),
    _dataset("steel", "Steel coil, hot rolled", "热轧钢卷", "kg", 2.2),
    _dataset("alu", "Aluminium profile, extruded", "铝型材", "kg", 9.4),
    _dataset("glass", "Glass jar", "玻璃罐", "kg", 1.1),
    _dataset("steel-old", "Steel coil, cold rolled", "冷轧钢卷", "kg", 2.6, year=2009),
    _dataset("evil", f"Gingerbread {EVIL}", f"姜饼 {EVIL}", "kg", 1.7, url="javascript:document.title='owned'"),
)


class Parts(NamedTuple):
    """An index with its encoder, and the glossary; opened once for all sites."""

    index: OpenIndex
    encoder: Encoder
    glossary: Glossary


class Site(NamedTuple):
    """A running server.

    Attributes:
        url: where, without a stroke at the end.
        store: the database that it works on.
    """

    url: str
    home: Path
    assistant: Assistant
    store: ProposalStore

    def keep(self, *texts: str, unit: str | None = None) -> list[str]:
        """Keeps a proposal for each text; their ids."""
        return [self.assistant.estimate(text, unit=unit, save=True, language="en").id for text in texts]


def parts_in(folder: Path) -> Parts:
    """Builds and opens the index."""
    encoder = open_encoder()
    made = build_index(folder, IndexSource(list(DATASETS), "0" * 64, None, "0" * 64, encoder, "test"))
    return Parts(open_index(made, made.name), encoder, load_glossary())


@contextlib.contextmanager
def running(home: Path, parts: Parts, **settings: object) -> Iterator[Site]:
    """A server on a free port of this machine, until the context ends."""
    import uvicorn

    chosen = load_settings(home).model_copy(update=settings)
    memory = LiveMemory(chosen.resolved_database_url, parts.index.catalogue, parts.encoder)
    assistant = Assistant(chosen, parts.index, parts.encoder, _RANKER, None, memory)
    assistant.search._glossary = parts.glossary  # two seconds for each site otherwise
    services = Services(chosen)
    services._assistant, services._looked = assistant, _FAR
    listening = socket.create_server(("127.0.0.1", 0))
    # Without the app's lifespan: no worker takes up jobs, and the index is the one given.
    config = uvicorn.Config(create_app(chosen, services), log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    with open_store(chosen.resolved_database_url) as store:
        while not server.started:
            time.sleep(0.01)
        try:
            yield Site(f"http://127.0.0.1:{listening.getsockname()[1]}", home, assistant, store)
        finally:
            server.should_exit = True
            thread.join(10)
            listening.close()
            services.stop()
            memory.close()
