"""Every reference that the model leans on says who published it and under which licence."""

from __future__ import annotations

import json

import numpy as np
import pytest

from firstprint.assembly import flags, named_in
from firstprint.domain.product import DeclaredUnit, Product
from firstprint.domain.proposal import Neighbour
from firstprint.domain.steps import SurrogateQuery
from firstprint.errors import ModelError
from firstprint.estimation.references import Reference
from firstprint.estimation.surrogate import TrainedSurrogate
from firstprint.estimation.surrogate_files import MANIFEST_FILE, _identity, load_surrogate, save_surrogate
from firstprint.estimation.surrogate_fit import fit_surrogate

PRODUCT = Product(description="red chair", language="en", declared_unit=DeclaredUnit(amount=1, unit="piece"))


class Letters:
    """Counts letters: enough to tell names apart."""

    encoder_id = "letters-1"
    dimension = 26

    def encode(self, texts):
        counts = np.array([[text.lower().count(chr(97 + n)) + 0.01 for n in range(26)] for text in texts])
        return (counts / np.linalg.norm(counts, axis=1, keepdims=True)).astype(np.float32)


def reference(number: int, source: str, licence: str) -> Reference:
    name = f"{['chair', 'lamp', 'table', 'shelf', 'couch'][number % 5]} {chr(97 + number)}"
    return Reference(f"r{number}", name, (name,), "piece", 2.0 + number, f"g{number % 4}", name, source=source,
                     licence=licence)  # fmt: skip


@pytest.fixture(scope="module")
def trained() -> TrainedSurrogate:
    rows = [reference(n, "lab", "CC-BY-4.0") for n in range(6)]
    rows += [reference(n, "club", "non-commercial use only") for n in range(6, 12)]
    return fit_surrogate(rows, Letters())


def nearest(surrogate: TrainedSurrogate) -> tuple[Neighbour, ...]:
    (vector,) = Letters().encode(["chair a"])
    return surrogate.estimate(SurrogateQuery(vector, "piece", None, None, None), 1.0).neighbours


def test_a_neighbour_names_the_source_and_licence_of_its_reference(trained):
    said = nearest(trained)
    assert {(one.source, one.licence) for one in said} <= {("lab", "CC-BY-4.0"), ("club", "non-commercial use only")}
    assert all((one.source == "lab") == (int(one.id[1:]) < 6) for one in said)
    assert len({one.source for one in said}) == 2


def test_they_survive_the_files(trained, tmp_path):
    save_surrogate(trained, tmp_path)
    loaded = load_surrogate(tmp_path, Letters())
    assert nearest(loaded) == nearest(trained)
    assert loaded.surrogate_id == trained.surrogate_id


def changed(folder, change) -> None:
    """Rewrites the manifest as an honest writer would have."""
    manifest = json.loads((folder / MANIFEST_FILE).read_text())
    change(manifest["families"][0])
    manifest["surrogate_id"] = _identity(manifest)
    (folder / MANIFEST_FILE).write_text(json.dumps(manifest, ensure_ascii=False, sort_keys=True))


def test_a_file_written_before_they_were_kept_still_answers_without_them(trained, tmp_path):
    save_surrogate(trained, tmp_path)
    changed(tmp_path, lambda family: family.pop("published"))
    assert {(one.source, one.licence) for one in nearest(load_surrogate(tmp_path, Letters()))} == {("", "")}


@pytest.mark.parametrize("places", [[0], [9] * 12, [-1] * 12])
def test_a_damaged_list_of_sources_is_refused(trained, tmp_path, places):
    save_surrogate(trained, tmp_path)
    changed(tmp_path, lambda family: family["published"].update(of_reference=places))
    families = load_surrogate(tmp_path, Letters()).families
    with pytest.raises(ModelError) as caught:
        families["piece"]  # read when it is first asked
    assert caught.value.code == "surrogate_damaged"


def test_a_restricted_licence_of_a_reference_is_flagged(trained):
    def codes(neighbours) -> list[str]:
        told = flags(PRODUCT, "no_match", (), None, routes_disagree=False, out_of_domain=False,
                     rationale_fallback=None, year=2025, language="en", neighbours=neighbours)  # fmt: skip
        return [flag.code for flag in told]

    said = nearest(trained)
    assert "restricted_licence" in codes(said)
    assert "restricted_licence" not in codes([one for one in said if one.source == "lab"])


def test_the_shipped_model_says_where_its_references_come_from(assistant):
    said = assistant.estimate("office chair", unit="piece").surrogate.neighbours
    assert said
    for one in said:
        dataset = assistant.catalogue.dataset(assistant.catalogue.row_of(one.id))
        assert (one.source, one.licence) == (dataset.source, dataset.licence)
        assert one.licence


def test_what_the_model_kept_stands_before_the_catalogue_and_names_follow_the_language(assistant):
    row = next(n for n, name in enumerate(assistant.catalogue.column("name_zh")) if name)
    dataset = assistant.catalogue.dataset(row)
    kept = Neighbour(id=dataset.dataset_id, name="x", kg_co2e_per_unit=1, weight=1, source="own", licence="CC0-1.0")
    unknown = Neighbour(id="nowhere", name="y", kg_co2e_per_unit=1, weight=1)
    assert named_in((kept, unknown), assistant.catalogue, "en") == (kept, unknown)
    (zh, same) = named_in((kept, unknown), assistant.catalogue, "zh")
    assert (zh.name, zh.source, zh.licence) == (dataset.name_zh, "own", "CC0-1.0")
    assert same == unknown
