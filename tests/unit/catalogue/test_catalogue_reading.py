from __future__ import annotations

from dataclasses import replace

import pytest

from firstprint.catalogue import table as table_module
from firstprint.catalogue.labels import KINDS, build_labels, dataset_labels
from firstprint.catalogue.reader import catalogue_files, catalogue_sha256, read_catalogue, read_sound_catalogue
from firstprint.catalogue.schema import COLUMNS
from firstprint.catalogue.table import Catalogue, write_table
from firstprint.errors import CatalogueError, FaultsError
from firstprint.retrieval.fusion import KIND_WEIGHTS

HEADER = ",".join(COLUMNS) + ",life_cycle_phase,variant,citation\n"


def _row(key="a", value="2.5", unit="kg", basis="process", name="Steel", **more):
    cells = dict.fromkeys(COLUMNS, "")
    cells.update(
        dataset_id=key, name=name, unit=unit, gwp100_kg_co2e=value, basis=basis, source="s",
        system_boundary="cradle_to_gate", synonyms="a steel|钢", life_cycle_phase="", variant="", citation='"Me, 2020"',
    )  # fmt: skip
    cells.update(more)
    return ",".join(cells.values()) + "\n"


def _file(tmp_path, *rows, name="c.csv"):
    path = tmp_path / name
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    return path


def test_a_sound_row_becomes_a_typed_dataset(tmp_path):
    (dataset,) = read_sound_catalogue([_file(tmp_path, _row(year="2020", uncertainty_pct="30"))])
    assert dataset.gwp100_kg_co2e == 2.5
    assert dataset.synonyms == ("a steel", "钢")
    assert (dataset.year, dataset.uncertainty_pct) == (2020, 30.0)
    assert (dataset.life_cycle_phase, dataset.variant) == ("production", "average")
    assert dataset.attributes == {"citation": "Me, 2020"}


def test_a_dataset_without_a_result_is_kept(tmp_path):
    (dataset,) = read_sound_catalogue([_file(tmp_path, _row(value=""))])
    assert dataset.gwp100_kg_co2e is None


def test_all_faults_of_all_rows_are_told_with_line_column_and_value(tmp_path):
    path = _file(tmp_path, _row("a"), _row("b", value="nan", basis="guess"), _row("a"), _row("c", unit="", year="soon"))
    rows = read_catalogue([path])
    assert [d.dataset_id for d in rows.datasets] == ["a"]
    assert rows.faults == (
        "c.csv line 3: column gwp100_kg_co2e: 'nan' is not a finite number",
        "c.csv line 3: column basis: 'guess' is not one of process, spend, direct",
        "c.csv line 4: column dataset_id: 'a' stands already in c.csv line 2",
        "c.csv line 5: column unit: is empty, and must be given",
        "c.csv line 5: column year: 'soon' is not a finite number",
    )
    with pytest.raises(FaultsError, match="line 5"):
        read_sound_catalogue([path])


@pytest.mark.parametrize("value", ["1e400", "inf", "-inf", "1,5", "zwei"])
def test_values_that_are_no_finite_numbers_are_faults(tmp_path, value):
    (fault,) = read_catalogue([_file(tmp_path, _row(value=f'"{value}"'))]).faults
    assert "gwp100_kg_co2e" in fault


def test_a_missing_column_is_named(tmp_path):
    path = tmp_path / "c.csv"
    path.write_text("dataset_id,name\na,Steel\n")
    with pytest.raises(CatalogueError, match="unit, system_boundary, basis, source are missing"):
        read_catalogue([path])


def test_another_encoding_is_named(tmp_path):
    path = tmp_path / "c.csv"
    path.write_bytes((HEADER + _row(name="Acier laminé", synonyms="")).encode("latin-1"))
    with pytest.raises(CatalogueError, match="UTF-8"):
        read_catalogue([path])


def test_an_empty_folder_is_named(tmp_path):
    with pytest.raises(CatalogueError, match=r"no \.csv file"):
        catalogue_files(tmp_path)


def test_the_checksum_follows_content_and_name(tmp_path):
    one = _file(tmp_path, _row())
    before = catalogue_sha256([one])
    assert catalogue_sha256([one]) == before
    _file(tmp_path, _row(value="2.6"))
    assert catalogue_sha256([one]) != before


def test_the_compiled_table_gives_back_every_field(tmp_path):
    datasets = read_sound_catalogue([_file(tmp_path, _row("a", year="2020"), _row("b", value="", name_zh="钢"))])
    write_table(datasets, tmp_path / "t.arrow")
    table = Catalogue(tmp_path / "t.arrow", "x")
    assert table.datasets([1, 0]) == [datasets[1], datasets[0]]
    assert table.row_of("b") == 1
    assert table.gwp100_kg_co2e[0] == 2.5
    assert table.gwp100_kg_co2e[1] != table.gwp100_kg_co2e[1]


def test_an_unknown_id_names_near_ones(tmp_path):
    datasets = read_sound_catalogue([_file(tmp_path, _row("steel-1"))])
    write_table(datasets, tmp_path / "t.arrow")
    with pytest.raises(CatalogueError) as caught:
        Catalogue(tmp_path / "t.arrow", "x").row_of("steel-2")
    assert "steel-1" in caught.value.hint


def test_a_damaged_table_is_one_clear_error(tmp_path):
    (tmp_path / "t.arrow").write_bytes(b"not arrow")
    with pytest.raises(CatalogueError, match=r"t\.arrow cannot be read"):
        Catalogue(tmp_path / "t.arrow", "x")


def test_a_shared_label_belongs_to_both_datasets_with_its_strongest_kind(tmp_path):
    datasets = read_sound_catalogue(
        [_file(tmp_path, _row("a", name="Steel"), _row("b", name='"Steel, coil"', synonyms="x", category="m / steel"))]
    )
    table = build_labels(datasets, None)
    label = table.texts.index("Steel")
    edges = slice(table.offsets[label], table.offsets[label + 1])
    assert dict(zip(table.dataset_rows[edges], table.kinds[edges], strict=True)) == {
        0: KINDS.index("name"),
        1: KINDS.index("name_part"),
    }
    assert len(set(table.texts)) == len(table.texts)
    assert table.offsets[-1] == len(table.dataset_rows)


def test_index_terms_are_labels_of_their_own_kind(tmp_path):
    terms = {"index_terms": "Stahl|acier || Steel"}
    datasets = [replace(one, attributes=terms) for one in read_sound_catalogue([_file(tmp_path, _row(synonyms="钢"))])]
    table = build_labels(datasets, None)
    kinds = {text: KINDS[kind] for text, kind in zip(table.texts, table.kinds, strict=True)}
    assert kinds == {"Steel": "name", "钢": "synonym", "Stahl": "index_term", "acier": "index_term"}


def test_index_terms_come_from_a_column_of_the_catalogue(tmp_path):
    path = tmp_path / "c.csv"
    head = HEADER.replace("citation", "index_terms")
    path.write_text(head + _row(citation="rebar|wire rod", synonyms="a steel|rebar"), encoding="utf-8")
    datasets = read_sound_catalogue([path])
    labels = list(dataset_labels(datasets[0], None))
    assert ("wire rod", "index_term") in labels
    table = build_labels(datasets, None)
    kinds = {text: KINDS[kind] for text, kind in zip(table.texts, table.kinds, strict=True)}
    assert kinds["rebar"] == "synonym", "of two kinds of one text the stronger counts"
    assert kinds["wire rod"] == "index_term"


def test_every_kind_of_label_has_a_weight_and_none_above_a_name():
    assert len(KIND_WEIGHTS) == len(KINDS) == len(set(KINDS))
    assert all(0 < weight <= KIND_WEIGHTS[KINDS.index("name")] == 1 for weight in KIND_WEIGHTS.tolist())


def test_datasets_read_twice_are_the_same_however_many_are_kept(tmp_path, monkeypatch):
    datasets = read_sound_catalogue([_file(tmp_path, *(_row(f"d{n}", value=str(n + 1)) for n in range(9)))])
    write_table(datasets, tmp_path / "t.arrow")
    monkeypatch.setattr(table_module, "_KEPT", 3)
    table = Catalogue(tmp_path / "t.arrow", "x")
    rows = [0, 1, 2, 3, 0, 8, 8, 1, 5, 0]
    assert table.datasets(rows) == [datasets[row] for row in rows]
    assert table.all_datasets() == list(datasets)
    assert len(table._kept) <= 3
