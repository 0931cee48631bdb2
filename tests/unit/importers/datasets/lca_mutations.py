"""Made-up files of LCA formats, spoilt: values of other kinds, parts left out or doubled, bytes cut or changed."""

from __future__ import annotations

import bz2
import copy
import json
import math
import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from brightway_files import CARBON, CODE, ROWS, activity, database, emission, packed, production, workbook
from lca_files import (
    ecospold1,
    ecospold2,
    es1_dataset,
    es1_exchange,
    es2_emission,
    es2_impact,
    es2_input,
    zipped,
)
from olca_files import (
    PROCESS,
    RESULT,
    SYSTEM,
    elementary,
    epd,
    exchange,
    impact,
    packaged,
    process,
    product,
    ref,
    result,
)

from firstprint.domain.dataset import Dataset
from firstprint.errors import FaultsError
from firstprint.importers.datasets.packages import Package
from firstprint.importers.datasets.records import Asked, DatasetImporter, Problem

BOUNDARIES = {"cradle_to_gate", "gate_to_gate", "direct", "end_of_life"}
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 1e308, -1e308, 5e-324, 1e999, 10**420, "", " ", "NaN", "1e400", "-0", "kg", "a" * 5000,
    "\u202e\x00x", "\ud800", "电力", "2" * 400, "A1-A3", "[" * 50, [], {}, [[]], [None], {"@id": "x"}, ["kg"], [1, "2"],
    "gravel", "sand, at mine", RESULT, PROCESS, 1e16, 1e300, "1e300",
    {"@type": "Process"}, {"__tuple__": True}, {"__dict__": True, "keys": 3}, "../../etc/passwd",
)  # fmt: skip
_TELLING = frozenset({"amount", "@id", "unit", "conversionFactor", "isQuantitativeReference", "name"})
_ATTRIBUTE = re.compile(r'="([^"<]*)"')
_TEXT = re.compile(r">([^<>]+)<")
_ELEMENT = re.compile(r"<(\w+)[^<>]*?(?:/>|>[^<>]*</\1>)")


def paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place within a JSON value but its root."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield (*at, key)
        yield from paths(each, (*at, key))


def spoil_json(value: Any, chance: random.Random) -> Any:
    """A copy with some values replaced, removed or doubled."""
    spoilt = copy.deepcopy(value)
    for _ in range(chance.randint(1, 4)):
        there = list(paths(spoilt))
        if not there:
            break
        telling = [each for each in there if each[-1] in _TELLING]
        path = chance.choice(telling if telling and chance.random() < 0.4 else there)
        *above, last = path
        inside = spoilt
        for key in above:
            inside = inside[key]
        kind = chance.random()
        if kind < 0.7:
            inside[last] = copy.deepcopy(chance.choice(ODD))
        elif kind < 0.85:
            del inside[last]
        elif isinstance(inside, list):
            inside.append(copy.deepcopy(inside[last]))
        else:
            inside[str(chance.choice(["id", "@id", "amount", "flow", "unit"]))] = copy.deepcopy(inside[last])
    return spoilt


def as_json(value: Any) -> str:
    """Infinity and lone surrogates as files hold them."""
    return json.dumps(value).replace("Infinity", "1e999")


def spoil_xml(text: str, chance: random.Random) -> str:
    """Attribute values and texts replaced, elements removed or doubled."""
    for _ in range(chance.randint(1, 5)):
        pattern = chance.choice([_ATTRIBUTE, _TEXT, _ELEMENT])
        found = list(pattern.finditer(text))
        if not found:
            continue
        hit = chance.choice(found)
        if pattern is _ELEMENT:
            text = text[: hit.start()] + hit[0] * chance.choice([0, 2, 3]) + text[hit.end() :]
        else:
            odd = str(chance.choice(ODD)).replace("&", "&amp;").replace("<", "&lt;").replace('"', "'")
            odd = "".join(char for char in odd if char.isprintable() and not "\ud800" <= char <= "\udfff")
            text = text[: hit.start(1)] + odd + text[hit.end(1) :]
    return text


def spoil_bytes(data: bytes, chance: random.Random) -> bytes:
    """Now and then cut off, or with bytes changed."""
    kind = chance.random()
    if kind < 0.08:
        return data[: chance.randint(0, len(data))]
    if kind < 0.16:
        changed = bytearray(data)
        for _ in range(chance.randint(1, 5)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        return bytes(changed)
    return data


def ecospold_file(folder: Path, chance: random.Random) -> Path:
    to_air, made = "<outputGroup>4</outputGroup>", "<outputGroup>0</outputGroup>"
    flows = (
        es1_exchange("GWP 100a", "4.2", "kg CO2-Eq", category="IPCC 2007", sub="climate change")
        if chance.random() < 0.5
        else es1_exchange("Methane", "2", category="air", group=to_air) + es1_exchange("sand", "1", group=made)
    )
    first = ecospold1(es1_dataset(exchanges=flows), es1_dataset("gravel", kind=chance.choice([1, 2, 5])))
    impacts = es2_impact("EF v3.1", "climate change", "GWP100", "2.0") if chance.random() < 0.5 else ""
    second = ecospold2(impacts + es2_emission("Methane, fossil", "1") + (es2_input() if chance.random() < 0.5 else ""))
    mass = '<property amount="7.5"><name>wet mass</name><unitName>kg</unitName></property><outputGroup>0<'
    second = second.replace("<outputGroup>0<", mass).replace(
        "<unitName>kg", f"<unitName>{chance.choice(['kg', 'm3'])}", 1
    )
    encoding = chance.choice(["utf-8", "utf-8", "utf-8", "utf-16", "latin-1"])
    files = [spoil_xml(each, chance).encode(encoding, "replace") for each in (first, second)]
    return zipped(folder / "x.zip", {"a.xml": spoil_bytes(files[0], chance), "b.spold": spoil_bytes(files[1], chance)})


def olca_file(folder: Path, chance: random.Random) -> Path:
    v2 = chance.random() < 0.7
    system = {**ref("ProductSystem", SYSTEM), "refProcess": ref("Process", PROCESS), "targetAmount": 2.0}
    system |= {"targetUnit": ref("Unit", "u-kg", "kg"), "refExchange": {"internalId": 1}}
    flows = [exchange(elementary("Methane, fossil"), 2.0, is_input=False, v2=v2)]
    flows.append({**exchange(product(), 2.0, "u-bale", "standard bale", reference=True, v2=v2), "internalId": 1})
    members = packaged(
        ("processes", process(*flows)),
        ("product_systems", system),
        ("results", result(impact("Climate change", 3.0), productSystem=ref("ProductSystem", SYSTEM))),
        ("results", result(impact("Climate change", 3.0), key="r-a", flowResults=[{"isRefFlow": True, "amount": 1}])),
        ("epds", epd(("A1-A3", "r-a"), ("D", "r-a"))),
        v2=v2,
    )
    for name in chance.sample(list(members), chance.randint(1, 4)):
        members[name] = spoil_bytes(as_json(spoil_json(members[name], chance)).encode(), chance)
    return zipped(folder / "x.zip", members)


def bw2package_file(folder: Path, chance: random.Random) -> Path:
    data = {("food", CODE): activity(production(2.0), emission(0.5)), ("food", "b"): activity(production())}
    value = [packed(database(data)), packed(database(CARBON, "bio"))]
    text = as_json(spoil_json(value, chance)).encode()
    path = folder / "x.bw2package"
    path.write_bytes(spoil_bytes(bz2.compress(spoil_bytes(text, chance)), chance))
    return path


def workbook_file(folder: Path, chance: random.Random) -> Path:
    rows = [list(row) for row in ROWS]
    for _ in range(chance.randint(1, 5)):
        row = chance.choice(rows)
        odd = chance.choice([each for each in ODD if isinstance(each, str | int | float | None)])
        plain = odd if not isinstance(odd, str) else re.sub("[\x00-\x1f\ud800-\udfff]", "", odd)
        cell = str(plain) if isinstance(plain, int | float) and not -1e300 < plain < 1e300 else plain
        if row and chance.random() < 0.8:
            row[chance.randrange(len(row))] = cell
        else:
            rows.insert(chance.randrange(len(rows)), chance.choice(rows))
    path = workbook(folder / "x.xlsx", rows)
    path.write_bytes(spoil_bytes(path.read_bytes(), chance))
    return path


Maker = Callable[[Path, random.Random], Path]


def faults_of(importer: DatasetImporter, path: Path) -> list[str]:
    """What is unsound about what an importer yields for a spoilt file; anything it raises but one is raised on."""
    try:
        with Package(path) as package:
            importer.recognised(package)
            importer.about(package)
            importer.steps(package)
            found = list(importer.read(package, Asked()))
    except FaultsError as error:
        return [] if error.faults else ["faults without any"]
    ids = [each.dataset_id for each in found if isinstance(each, Dataset)]
    faults = [] if len(ids) == len(set(ids)) else ["ids twice"]
    for each in found:
        faults += _of_dataset(each) if isinstance(each, Dataset) else _of_problem(each)
    return faults


def _of_dataset(dataset: Dataset) -> list[str]:
    value = dataset.gwp100_kg_co2e
    texts = (dataset.dataset_id, dataset.name, dataset.unit, dataset.name_zh, dataset.geography, dataset.category)
    checks = {
        "no id, name or unit": all(texts[:3]),
        "value": value is None or (math.isfinite(value) and abs(value) <= 1e15),
        "boundary": dataset.system_boundary in BOUNDARIES,
        "basis": dataset.basis in {"process", "direct"},
        "direct basis": (dataset.basis == "direct") == (dataset.system_boundary == "direct"),
        "method": value is None or bool(dataset.attributes.get("gwp_method")),
        "long text": max(map(len, texts)) <= 1300,
        "control characters": not any(unicodedata.category(char) in {"Cc", "Cs"} for text in texts for char in text),
        "attributes": all(isinstance(each, str) for each in dataset.attributes.values()),
        "year": dataset.year is None or 1900 <= dataset.year <= 2100,
    }
    return [f"{name}: {dataset}" for name, holds in checks.items() if not holds]


def _of_problem(problem: object) -> list[str]:
    if not isinstance(problem, Problem):
        return [f"neither dataset nor problem: {problem!r}"]
    short = len(problem.reason) < 100 and len(problem.place) <= 260 and len(problem.detail) <= 600
    return [] if problem.reason and problem.place and short else [f"problem: {problem}"]
