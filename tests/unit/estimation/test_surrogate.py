"""The surrogate in a small world: it finds the right height, orders its interval, and survives its files."""

import dataclasses
import json
import pickle
import subprocess
import sys

import numpy as np
import pytest

from firstprint.domain.steps import Surrogate, SurrogateQuery
from firstprint.errors import InputError, ModelError
from firstprint.estimation import model
from firstprint.estimation.features import Rows
from firstprint.estimation.references import references_from_datasets
from firstprint.estimation.surrogate_files import ARRAYS_FILE, MANIFEST_FILE, load_surrogate, save_surrogate
from firstprint.estimation.surrogate_fit import fit_surrogate


def test_it_keeps_the_protocol_and_answers_near_the_truth(trained, ask):
    model: Surrogate = trained
    opinion = model.estimate(ask("sheet of aluminium", "kg"), 1.0)
    assert opinion is not None
    assert 6 < opinion.kg_co2e < 16
    assert opinion.low < opinion.kg_co2e < opinion.high
    assert opinion.model_id == trained.surrogate_id
    assert opinion.coverage == 0.9


def test_neighbours_are_the_five_weightiest_references(trained, ask):
    opinion = trained.estimate(ask("sheet of aluminium", "kg"), 1.0)
    assert len(opinion.neighbours) == 5
    weights = [neighbour.weight for neighbour in opinion.neighbours]
    assert weights == sorted(weights, reverse=True)
    assert sum(weights) <= 1 + 1e-9
    first = opinion.neighbours[0]
    assert (first.id, first.name) == ("sheet-of-aluminium", "sheet of aluminium")
    assert first.kg_co2e_per_unit == pytest.approx(10.0)


def test_amounts_scale_and_units_agree(trained, ask):
    one = trained.estimate(ask("bar of steel", "t"), 1.0)
    thousand = trained.estimate(ask("bar of steel", "kg"), 1000.0)
    assert one.kg_co2e == pytest.approx(thousand.kg_co2e)
    assert one.high == pytest.approx(thousand.high)
    assert one.neighbours[0].kg_co2e_per_unit == pytest.approx(1000 * thousand.neighbours[0].kg_co2e_per_unit)


def test_a_good_is_estimated_a_piece_and_mass_does_not_drown_it(trained, ask):
    bare = trained.estimate(ask("red laptop", "piece"), 1.0)
    weighed = trained.estimate(ask("red laptop", "piece", mass_kg=1.5), 1.0)
    assert 80 < bare.kg_co2e < 500
    assert 80 < weighed.kg_co2e < 500


def test_a_material_by_the_piece_is_estimated_over_its_mass(trained, ask):
    opinion = trained.estimate(ask("tube of copper", "piece", mass_kg=0.5), 1.0)
    assert 0.5 < opinion.kg_co2e < 8


def test_a_unit_without_references_has_no_model(trained, ask):
    assert trained.estimate(ask("bar of steel", "tkm"), 1.0) is None
    assert trained.estimate(ask("bar of steel", "kg"), float("nan")) is None
    assert trained.estimate(ask("bar of steel", "kg"), -1.0) is None


def test_a_higher_coverage_is_no_narrower(trained, ask):
    query = ask("bar of steel", "kg")
    assert trained.estimate_at(query, 1.0, 0.9).high >= trained.estimate_at(query, 1.0, 0.8).high
    with pytest.raises(InputError):
        trained.estimate_at(query, 1.0, 0.5)


def test_the_category_is_used_where_it_is_known(trained, ask):
    plain = trained.estimate(ask("thing", "kg"), 1.0)
    told = trained.estimate(ask("thing", "kg", category="materials / group 1 / aluminium"), 1.0)
    assert told.kg_co2e > plain.kg_co2e


def test_what_shares_no_word_is_out_of_domain_and_the_known_is_not(trained, ask):
    assert trained.out_of_domain(ask("xylophone zebra quasar", "kg"))
    assert not trained.out_of_domain(ask("sheet of steel", "kg"))


def test_the_choice_is_recorded_and_beats_the_median(trained):
    assert set(trained.families["kg"].levels) == {"text", "attributes"}
    for name, level in trained.families["kg"].levels.items():
        assert {(score.scheme, score.level) for score in level.scores} == {("category", name), ("kind", name)}
        floor = next(s for s in level.scores if s.scheme == "kind" and s.model == "median")
        assert level.choice.kind != "median"
        assert min(s.mae_log10 for s in level.scores if s.scheme == "kind") < floor.mae_log10


def test_the_same_input_gives_the_same_model(trained, encoder, world):
    again = fit_surrogate(references_from_datasets(world), encoder)
    assert again.surrogate_id == trained.surrogate_id


def test_a_vector_of_another_length_is_refused(trained):
    with pytest.raises(ModelError) as caught:
        trained.estimate(SurrogateQuery(np.ones(3, np.float32), "kg", None, None, None), 1.0)
    assert "firstprint train" in caught.value.hint


def test_too_few_references_are_refused(encoder, world):
    with pytest.raises(ModelError, match="references"):
        fit_surrogate(references_from_datasets(world[:3]), encoder)


def test_saved_and_loaded_gives_identical_numbers(trained, tmp_path, ask, encoder):
    save_surrogate(trained, tmp_path)
    loaded = load_surrogate(tmp_path, encoder)
    for query in (
        ask("foil of paper", "kg", geography="CN-GD"),
        ask("large chair", "piece", mass_kg=9.0, category="goods / chair"),
        ask("coil of glass", "t"),
    ):
        assert loaded.estimate(query, 2.5) == trained.estimate(query, 2.5)
    assert loaded.surrogate_id == trained.surrogate_id
    assert sorted(path.name for path in tmp_path.iterdir()) == [MANIFEST_FILE, ARRAYS_FILE]


@pytest.mark.parametrize("name", [MANIFEST_FILE, ARRAYS_FILE])
def test_a_changed_byte_is_refused(trained, tmp_path, name):
    save_surrogate(trained, tmp_path)
    path = tmp_path / name
    data = bytearray(path.read_bytes())
    place = data.index(b"0.9") if name == MANIFEST_FILE and b"0.9" in data else len(data) // 2
    data[place] = data[place] ^ 1
    path.write_bytes(bytes(data))
    with pytest.raises(ModelError) as caught:
        load_surrogate(tmp_path)
    assert caught.value.code == "surrogate_damaged"
    assert "firstprint train" in caught.value.hint


@pytest.mark.parametrize("name", [MANIFEST_FILE, ARRAYS_FILE])
def test_a_missing_file_is_named(trained, tmp_path, name):
    save_surrogate(trained, tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(ModelError, match=name) as caught:
        load_surrogate(tmp_path)
    assert caught.value.code == "surrogate_missing"


def test_a_model_of_another_encoder_is_refused(trained, tmp_path, encoder):
    save_surrogate(trained, tmp_path)

    class Other(type(encoder)):
        encoder_id = "words-2"

    with pytest.raises(ModelError, match="words-2"):
        load_surrogate(tmp_path, Other())


def test_pickled_arrays_never_run(trained, tmp_path):
    """Objects inside the archive are refused even where the manifest vouches for the file."""
    import hashlib

    save_surrogate(trained, tmp_path)
    with np.load(tmp_path / ARRAYS_FILE) as arrays:
        content = dict(arrays)
    content["0_values"] = np.array([{"not": "numbers"}], dtype=object)
    np.savez(tmp_path / ARRAYS_FILE, **content)
    assert pickle.dumps({"not": "numbers"})[:2] in (tmp_path / ARRAYS_FILE).read_bytes()
    manifest = json.loads((tmp_path / MANIFEST_FILE).read_text())
    manifest["arrays_sha256"] = hashlib.sha256((tmp_path / ARRAYS_FILE).read_bytes()).hexdigest()
    del manifest["surrogate_id"]
    text = json.dumps(manifest, ensure_ascii=False, sort_keys=True)
    manifest["surrogate_id"] = hashlib.sha256(text.encode()).hexdigest()[:12]
    (tmp_path / MANIFEST_FILE).write_text(json.dumps(manifest))
    families = load_surrogate(tmp_path).families
    with pytest.raises(ModelError) as caught:
        families[next(iter(families))]  # read when first asked
    assert caught.value.code == "surrogate_damaged"


def test_a_family_is_read_when_it_is_first_asked(trained, tmp_path):
    save_surrogate(trained, tmp_path)
    loaded = load_surrogate(tmp_path)
    assert list(loaded.families) == list(trained.families)
    assert loaded.families.get("parsec") is None
    assert loaded.families._read == {}
    unit = next(iter(trained.families))
    assert loaded.families[unit].names == trained.families[unit].names
    assert list(loaded.families._read) == [unit]


def test_the_id_is_that_of_the_content(trained):
    from firstprint.estimation.surrogate_files import content_id

    assert content_id(trained) == trained.surrogate_id
    wider = dataclasses.replace(trained, dimension=trained.dimension + 1)
    assert content_id(wider) != trained.surrogate_id


def test_predicting_imports_neither_sklearn_nor_scipy():
    code = (
        "import sys, firstprint.estimation.surrogate_files, firstprint.estimation.next_measurement;"
        "print([m for m in ('sklearn', 'scipy', 'pandas', 'torch', 'pint', 'faiss') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_rows_turned_in_pieces_are_those_turned_together(trained, monkeypatch):
    monkeypatch.setattr(model, "_ROWS_TOGETHER", 3)
    turned = 0
    for unit in trained.families:
        family = dataclasses.replace(trained.families[unit])  # nothing computed yet
        known = Rows(family.texts.vectors(), family.categories.vectors(), family.attributes, family.reference, None)
        turned += int((family.categories.of_row >= 0).sum())
        assert np.array_equal(family._mixed, known.mixed())
        assert np.array_equal(family._columns, known.mixed().T)
        assert family._columns.flags.c_contiguous
        for level, ridge in family._ridges.items():
            assert np.array_equal(ridge.landmarks, known.features()[family.levels[level].landmarks])
    assert turned > 10
