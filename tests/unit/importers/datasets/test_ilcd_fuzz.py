"""Whatever an ILCD package holds, reading it ends in sound datasets and named problems, never in another error."""

from __future__ import annotations

import copy
import json
import math
import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ilcd_samples import EF31, FOSSIL_CO2, GWP_A1, as_tidas, exchange, flow, in_folder, process, result, widget
from lxml import etree
from soda4lca_samples import soda

from firstprint.catalogue.schema import row_faults
from firstprint.domain.dataset import Dataset
from firstprint.errors import FaultsError
from firstprint.importers.datasets import epd, ilcd, soda4lca, tidas
from firstprint.importers.datasets.packages import Package
from firstprint.importers.datasets.records import Asked, DatasetImporter, Problem

MANY = settings(
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "120")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
IMPORTERS: tuple[DatasetImporter, ...] = (ilcd.IMPORTER, epd.IMPORTER, tidas.IMPORTER, soda4lca.IMPORTER)
_MODULES = [("A1", "", "3"), ("A2", "coal", "0.25"), ("A2", "wind", "0.2"), ("A3", "", "1"), ("D", "", "-2")]
_MATERIALS = [("grammage", "13", "kg/m^2"), ("gross density", "2000", "kg/m^3"), ("layer thickness", "8", "mm")]
PACKAGES: tuple[dict[str, bytes], ...] = (
    widget(process(results=[result(EF31, mean="2"), result(GWP_A1, modules=_MODULES, unit="kg CO2")])),
    widget(process(kind="EPD", results=[result(GWP_A1, modules=_MODULES, unit="kg CO2")]), flow(materials=_MATERIALS)),
    widget(
        process(
            kind="Unit process, black box",
            exchanges=[exchange(), exchange("1", FOSSIL_CO2, "2", name="carbon dioxide (fossil)")],
        )
    ),
)


def _as_json(files: dict[str, bytes], *, always_lists: bool) -> dict[str, bytes]:
    return {name.replace(".xml", ".json"): as_tidas(data, always_lists=always_lists) for name, data in files.items()}


JSON_PACKAGES: tuple[dict[str, bytes], ...] = (
    *(_as_json(files, always_lists=lists) for files in PACKAGES for lists in (False, True)),
    {"epd.json": json.dumps(soda()).encode()},
)
ODD = (
    "", "0", "-1", "1e300", "1e-320", "NaN", "inf", "1,5", "٣", "1_0", "A1-A3", "=1+1", "\u202e铝",
    "x" * 5000, "a;" * 900,
)  # fmt: skip
places = st.integers(0, 10**6)
texts = st.one_of(st.text(max_size=20), st.sampled_from(ODD))
values = st.one_of(
    texts,
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([10**300, [], {}, [[]], [{}], {"#text": {}}, {"value": [1]}, {"@xml:lang": 5}, {"anies": [3, {}]}]),
)
encodings = st.sampled_from(["utf-16", "utf-32", "utf-8-sig", "gb18030", "latin-1"])


def ends_well(folder: Path, files: dict[str, bytes]) -> bool:
    """Whether every importer gives sound datasets and problems, or refuses the package as a whole."""
    path = in_folder(folder / os.urandom(8).hex(), files)
    return all(_reads_well(importer, path) for importer in IMPORTERS)


def _reads_well(importer: DatasetImporter, path: Path) -> bool:
    with Package(path) as package:
        assert isinstance(importer.recognised(package), str)
        try:
            yielded = list(importer.read(package, Asked()))
        except FaultsError as error:
            return bool(error.faults) and bool(error.hint)
    names = {member.name for member in package.members}
    return all(_sound(each) if isinstance(each, Dataset) else _named(each, names) for each in yielded)


def _sound(dataset: Dataset) -> bool:
    number = dataset.gwp100_kg_co2e
    told = [
        dataset.name,
        dataset.name_zh,
        dataset.licence,
        dataset.category,
        *dataset.synonyms,
        *dataset.attributes.values(),
    ]
    row = {"dataset_id": dataset.dataset_id, "name": dataset.name, "unit": dataset.unit, "source": dataset.source}
    row |= {"system_boundary": dataset.system_boundary, "basis": dataset.basis}
    return (
        not row_faults(row)
        and (number is None or (math.isfinite(number) and abs(number) <= 1e15))
        and len({dataset.dataset_id, *dataset.synonyms}) == len(dataset.synonyms) + 1
        and all(isinstance(text, str) and len(text) <= 4_000 and _clean(text) for text in told)
        and not any("|" in synonym for synonym in dataset.synonyms)
        and all(dataset.attributes.values())
    )


def _clean(text: str) -> bool:
    return not any(unicodedata.category(char) in {"Cc", "Cf", "Cs"} for char in text)


def _named(problem: Problem, names: set[str]) -> bool:
    short = len(problem.reason) < 120 and len(problem.detail) < 1_000
    return bool(problem.reason) and short and any(problem.place.startswith(name) for name in names)


@MANY
@given(st.sampled_from(PACKAGES), places, st.lists(st.tuples(places, texts, st.integers(0, 6)), min_size=1, max_size=4))
def test_xml_with_elements_changed(tmp_path, files, member, changes):
    name = sorted(files)[member % len(files)]
    root = etree.fromstring(files[name])
    for at, text, how in changes:
        elements = list(root.iter())
        _change(elements[at % len(elements)], text, how)
    assert ends_well(tmp_path, files | {name: etree.tostring(root)})


def _change(element: etree._Element, text: str, how: int) -> None:
    safe = "".join(char for char in text if char.isprintable())
    parent = element.getparent()
    if how == 0:
        element.text = safe
    elif how == 1 and element.attrib:
        element.attrib[sorted(element.attrib)[len(text) % len(element.attrib)]] = safe
    elif how == 2 and parent is not None:
        parent.remove(element)
    elif how == 3 and parent is not None:
        parent.append(copy.deepcopy(element))
    elif how == 4:
        element.clear()
    elif how == 5:
        element.tag = "{urn:other}" + etree.QName(element).localname
    else:
        for _ in range(300):
            element = etree.SubElement(element, "deep")


@MANY
@given(
    st.sampled_from(JSON_PACKAGES),
    places,
    st.lists(st.tuples(places, values, st.integers(0, 3)), min_size=1, max_size=4),
)
def test_json_with_values_changed(tmp_path, files, member, changes):
    name = sorted(files)[member % len(files)]
    root = json.loads(files[name])
    for at, value, how in changes:
        settable = list(_places(root))
        if settable:
            _set(*settable[at % len(settable)], copy.deepcopy(value), how)
    assert ends_well(tmp_path, files | {name: json.dumps(root).encode()})


def _set(holder: Any, key: Any, value: object, how: int) -> None:
    if how == 0:
        holder[key] = value
    elif how == 1:
        del holder[key]
    elif how == 2:
        holder[key] = [holder[key], value]
    else:
        holder[key] = {"value": holder[key]}


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a JSON value that can be set: its holder and the key or index."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])


@MANY
@given(st.sampled_from([*PACKAGES, *JSON_PACKAGES]), places, places, st.binary(max_size=40))
def test_files_cut_or_overwritten(tmp_path, files, member, at, noise):
    name = sorted(files)[member % len(files)]
    data, place = files[name], at % len(files[name])
    cut = data[:place] if not noise else data[:place] + noise + data[place + len(noise) :]
    assert ends_well(tmp_path, files | {name: cut})


@MANY
@given(st.sampled_from([*PACKAGES, *JSON_PACKAGES]), encodings)
def test_other_encodings(tmp_path, files, encoding):
    assert ends_well(tmp_path, {name: data.decode().encode(encoding, "replace") for name, data in files.items()})


def test_nesting_without_end(tmp_path: Path):
    deep = b"[" * 200_000
    assert ends_well(tmp_path, {"processes/a.json": deep, "processes/b.json": b'{"processDataSet":' * 5_000})
    assert ends_well(tmp_path, {"processes/a.xml": b"<a>" * 100_000})
