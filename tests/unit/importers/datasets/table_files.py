"""Small tables written for these tests, and the way to read them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from firstprint.domain.dataset import Dataset
from firstprint.importers.datasets.packages import Package
from firstprint.importers.datasets.records import Asked, DatasetImporter, Problem

SHARED = Path(__file__).resolve().parents[5] / "shared" / "data"


class Read(NamedTuple):
    """What an importer made of a path."""

    datasets: list[Dataset]
    problems: list[Problem]
    recognised: str

    def reasons(self) -> list[str]:
        return [problem.reason for problem in self.problems]

    def by_id(self, dataset_id: str) -> Dataset:
        return next(dataset for dataset in self.datasets if dataset.dataset_id == dataset_id)


def read(importer: DatasetImporter, path: Path, asked: Asked | None = None) -> Read:
    with Package(path) as package:
        recognised = importer.recognised(package)
        found = list(importer.read(package, asked or Asked()))
    return Read(
        [each for each in found if isinstance(each, Dataset)],
        [each for each in found if isinstance(each, Problem)],
        recognised,
    )


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def workbook(path: Path, sheets: dict[str, Sequence[Sequence[Any]]]) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path
