"""Builds the default catalogue from pinned packages: the same inputs give the same bytes.

Usage: ``python index/build_catalogue.py [--inputs DIR] [--check]``
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from readers import (  # noqa: E402
    archives,
    base_carbone,
    base_carbone_stages,
    cbam,
    electricity,
    epa,
    industry_facts,
    nosgestesclimat,
    provenance,
)
from readers.rows import Harvest, csv_text  # noqa: E402

DEFAULT_INPUTS = HERE.parent / ".cache" / "catalogue-inputs"
_EXAMPLES = 3


def harvest_all(inputs: Path, *, may_fetch: bool) -> list[Harvest]:
    """Every source's rows, read from the archives in ``inputs``."""
    found = archives.fetch_all(inputs, may_fetch=may_fetch)
    return [
        base_carbone.read(found["base-carbone"]),
        electricity.read(found["electricity-mixes"]),
        epa.read(found["epa-ghg-hub"]),
        cbam.read(found["eu-cbam-defaults"]),
        industry_facts.read(HERE / "facts" / "industry_facts.csv"),
        nosgestesclimat.read(found["nosgestesclimat"]),
    ]


def stage_splits(inputs: Path, harvests: Sequence[Harvest]) -> base_carbone_stages.StageSplits:
    """How the value of a dataset is made up of life cycle stages, where its source says it."""
    archive = inputs / archives.ARCHIVES[base_carbone.SOURCE].filename
    (kept,) = (harvest.rows for harvest in harvests if harvest.source == base_carbone.SOURCE)
    return base_carbone_stages.read_splits(archive, kept)


def outputs(harvests: Sequence[Harvest], splits: base_carbone_stages.StageSplits) -> dict[str, str]:
    """The text of each file to write, by its path below ``index/``."""
    files = {f"catalogue/{harvest.source}.csv": csv_text(harvest.rows) for harvest in harvests}
    files["sources.toml"] = _sources_toml(harvests, splits)
    files["stage_splits.csv"] = base_carbone_stages.splits_csv(splits)
    files["dropped.csv"] = _dropped_csv(harvests)
    return files


def _sources_toml(harvests: Sequence[Harvest], splits: base_carbone_stages.StageSplits) -> str:
    parts = ["# Written by build_catalogue.py.\n"]
    for harvest in harvests:
        facts = provenance.SOURCES[harvest.source]
        archive = archives.ARCHIVES.get(harvest.source)
        fields: dict[str, str | int] = {"id": harvest.source, **facts._asdict()}
        if archive:
            fields |= {"package": archive.package, "package_version": archive.version}
            fields |= {"file": facts.file, "sha256": archive.sha256}
        else:
            fields |= {"package": "", "package_version": "", "sha256": provenance.sha256(HERE / facts.file)}
        fields |= {"rows_read": harvest.rows_read, "rows_kept": len(harvest.rows)}
        split = harvest.source == base_carbone.SOURCE
        fields |= {"stage_splits": splits.datasets()} if split else {}
        parts.append(
            "\n[[source]]\n"
            + "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in fields.items())
        )
        parts += [
            f"\n[[source.dropped]]\nreason = {json.dumps(reason, ensure_ascii=False)}\ncount = {count}\n"
            for reason, count in sorted(harvest.counts().items())
        ]
        parts += [
            f"\n[[source.without_stage_split]]\nreason = {json.dumps(reason)}\ncount = {len(ids)}\n"
            for reason, ids in sorted(splits.left_out.items() if split else ())
        ]
    return "".join(parts)


def _dropped_csv(harvests: Sequence[Harvest]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("source", "reason", "count", "examples"))
    for harvest in sorted(harvests, key=lambda one: one.source):
        for reason, ids in sorted(harvest.dropped.items()):
            writer.writerow((harvest.source, reason, len(ids), "|".join(sorted(ids)[:_EXAMPLES])))
    return out.getvalue()


def write(files: dict[str, str], folder: Path) -> None:
    """Write the files below ``folder``, UTF-8, line ends as they are."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8"))


def first_difference(built: Path, kept: Path, names: Sequence[str]) -> str:
    """The first file and line in which two folders differ, or an empty text."""
    for name in names:
        if not (kept / name).exists():
            return f"{name} is missing"
        new, old = (built / name).read_bytes(), (kept / name).read_bytes()
        if new != old:
            pairs = zip(new.splitlines(), old.splitlines(), strict=False)
            line = next((number for number, (a, b) in enumerate(pairs, 1) if a != b), 0)
            return f"{name} differs" + (f" first in line {line}" if line else " in length")
    return ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: build, or with ``--check`` compare a fresh build with what is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=Path, default=DEFAULT_INPUTS, help="folder of the source archives")
    parser.add_argument("--check", action="store_true", help="build aside and compare; exit 1 on a difference")
    options = parser.parse_args(arguments)
    try:
        harvests = harvest_all(options.inputs, may_fetch=True)
    except archives.ArchiveFaultError as fault:
        print(fault, file=sys.stderr)
        return 2
    splits = stage_splits(options.inputs, harvests)
    files = outputs(harvests, splits)
    if options.check:
        with tempfile.TemporaryDirectory() as aside:
            write(files, Path(aside))
            difference = first_difference(Path(aside), HERE, list(files))
        print(difference or "The catalogue is what its sources give.")
        return 1 if difference else 0
    write(files, HERE)
    for harvest in harvests:
        print(f"{harvest.source}: {harvest.rows_read} read, {len(harvest.rows)} kept")
    told = "; ".join(f"{len(ids)} {reason}" for reason, ids in sorted(splits.left_out.items()))
    print(f"stage splits: {splits.datasets()} datasets; left out: {told or 'none'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
