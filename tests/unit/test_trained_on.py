"""Imported references enter at the next training; until then the model in use says what it does not know."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from firstprint import workspace
from firstprint.catalogue.table import Catalogue, write_table
from firstprint.cli.doctor_checks import models as doctor_looks_at_models
from firstprint.cli.doctor_checks import references as doctor_finds
from firstprint.domain.dataset import Dataset
from firstprint.embedding.opening import open_encoder
from firstprint.estimation.intensity import INTENSITY_FAMILY
from firstprint.estimation.typical_mass import MASS_FAMILY
from firstprint.importers.reference_formats import read_references
from firstprint.models import OUT_OF_USE, ready_surrogate, surrogate_folder, surrogate_note, train_surrogate
from firstprint.reference_sources import keep_source, reference_folder, remove_source
from firstprint.settings import Settings
from firstprint.trained_on import imported_references, out_of_use, read_trained_on, units_of

THINGS = ("steel bar", "copper wire", "glass pane", "oak board", "cotton cloth", "paper roll", "wool yarn", "tin can")
ROWS = [f"imported {name},piece,2,0.5,Acme {n},{4 + n}" for n, name in enumerate(THINGS)]
TABLE = "\n".join(["text,unit,amount,mass_kg,group,kg_co2e", *ROWS]) + "\n"


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    datasets = [
        Dataset(
            f"d{n}",
            name,
            "kg",
            1.0 + n,
            "cradle_to_gate",
            "process",
            "made-up",
            category=f"kind {n % 3}",
            licence="CC0",
        )
        for n, name in enumerate(THINGS)
    ]
    write_table(datasets, tmp_path / "c.arrow")
    return Catalogue(tmp_path / "c.arrow", "0" * 64)


def imported(home: Settings, folder: Path, table: str = TABLE, version: str = "") -> None:
    path = folder / "things.csv"
    path.write_text(table, encoding="utf-8")
    keep_source(home, read_references(path), path, version=version)


def told(home: Settings, catalogue: Catalogue) -> list[str]:
    notices: list[str] = []
    ready_surrogate(home, catalogue, open_encoder(), lambda step, _done, _total: notices.append(step))
    return [each for each in notices if each.startswith(OUT_OF_USE)]


def test_a_piece_of_known_mass_teaches_two_targets(home: Settings, tmp_path: Path) -> None:
    imported(home, tmp_path)
    references = imported_references(home)
    assert units_of(references) == {"piece": 8, "kg": 8}
    per_piece, per_kg = references[0], references[1]
    assert (per_piece.kg_co2e_per_unit, per_kg.kg_co2e_per_unit) == (2, 4)  # 4 kg CO2e for two pieces of half a kg
    assert (per_piece.reference_id, per_piece.group) == ("things:line-2", "Acme 0")
    assert (per_piece.source, per_piece.licence) == ("things", "not stated")


def test_a_home_that_imported_nothing_says_nothing(home: Settings, catalogue: Catalogue) -> None:
    assert told(home, catalogue) == []
    assert doctor_finds(home).state == "absent"


@pytest.mark.slow
def test_references_enter_at_the_next_training(home: Settings, catalogue: Catalogue, tmp_path: Path) -> None:
    encoder = open_encoder()
    imported(home, tmp_path, version="1")
    (notice,) = told(home, catalogue)
    assert "things@1 is not in the model yet" in notice
    assert "firstprint train" in notice
    assert doctor_finds(home).state == "wrong"

    trained = train_surrogate(home, catalogue, encoder)
    assert set(trained.families) == {"kg", "piece", INTENSITY_FAMILY, MASS_FAMILY}
    assert len(trained.families["kg"].reference_ids) == 16
    note = surrogate_note(home, encoder)
    assert note is not None
    assert (note.surrogate_id, note.catalogue_sha256) == (trained.surrogate_id, "0" * 64)
    assert [(each.key, each.rows, each.licence) for each in note.references] == [("things@1", 8, "not stated")]
    assert told(home, catalogue) == []
    assert doctor_finds(home).state == "ok"

    imported(home, tmp_path, TABLE.replace(",4\n", ",5\n"), version="2")
    (notice,) = told(home, catalogue)
    assert "things@2 is not in the model yet" in notice
    assert "things@1 is in the model and no longer among the sources" in notice

    remove_source(home, "things")
    assert "no longer among the sources" in told(home, catalogue)[0]
    assert len(train_surrogate(home, catalogue, encoder).families["kg"].reference_ids) == 8
    assert told(home, catalogue) == []


def test_a_note_about_another_surrogate_counts_for_nothing(home: Settings) -> None:
    encoder = open_encoder()
    folder = surrogate_folder(home, encoder)
    folder.mkdir(parents=True)
    (folder / "surrogate.json").write_text('{"surrogate_id": "now"}', encoding="utf-8")
    (folder / "trained_on.json").write_text('{"surrogate_id": "before", "catalogue_sha256": ""}', encoding="utf-8")
    assert read_trained_on(folder) is not None
    assert surrogate_note(home, encoder) is None


def test_a_damaged_import_stops_no_estimate(home: Settings, catalogue: Catalogue, tmp_path: Path) -> None:
    imported(home, tmp_path, version="1")
    (reference_folder(home) / "things@1" / "source.json").write_text("{}", encoding="utf-8")
    (notice,) = told(home, catalogue)
    assert "things@1 are damaged" in notice


def test_the_shipped_surrogate_knows_no_imported_reference(home: Settings) -> None:
    note = surrogate_note(home, open_encoder())
    assert note is not None
    assert note.references == ()
    assert out_of_use(home, note) == ()


class Renamed:
    """The default encoder under another id, as another model would have."""

    encoder_id = "another@0123456789ab"

    def __init__(self) -> None:
        self._encoder = open_encoder()
        self.dimension = self._encoder.dimension

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._encoder.encode(texts)


@pytest.mark.slow
def test_another_encoder_gets_its_own_surrogate_on_first_use(
    home: Settings, catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(home, tmp_path)
    encoder = Renamed()
    monkeypatch.setattr(workspace, "encoder_of", lambda _settings: encoder)
    before = doctor_looks_at_models(home)
    assert (before.state, before.seen.endswith("no surrogate for another@0123456789ab")) == ("absent", True)
    trained = ready_surrogate(home, catalogue, encoder)
    assert trained.encoder_id == encoder.encoder_id
    assert ready_surrogate(home, catalogue, encoder).surrogate_id == trained.surrogate_id
    after = doctor_looks_at_models(home)
    assert (after.state, f"surrogate {trained.surrogate_id} (your own)" in after.seen) == ("ok", True)
    monkeypatch.undo()
    assert ready_surrogate(home, catalogue, open_encoder()).encoder_id == open_encoder().encoder_id
