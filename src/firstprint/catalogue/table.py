"""The catalogue as a read-only columnar table: objects exist only for the datasets asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np

from firstprint.catalogue.schema import COLUMNS, NUMERIC, YEARS, dataset_from_row
from firstprint.domain.dataset import Dataset
from firstprint.errors import CatalogueError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TEXT = tuple(name for name in COLUMNS if name not in NUMERIC and name not in YEARS)
_EXTRA = ("life_cycle_phase", "variant", "attributes")
_BATCH_ROWS = 4096
SEARCHED = ("dataset_id", "name", "name_zh", "synonyms")
"""Columns whose text a plain search looks in: for letters, not for meaning."""


class TableWriter(AbstractContextManager["TableWriter"]):
    """Writes datasets, one after another, as an Arrow IPC file that can be memory-mapped."""

    def __init__(self, path: Path) -> None:
        """Opens the file for writing; it is whole once the context has ended."""
        import pyarrow as pa

        types = {**dict.fromkeys(NUMERIC, pa.float64()), **dict.fromkeys(YEARS, pa.int32())}
        self._schema = pa.schema([(name, types.get(name, pa.string())) for name in (*_TEXT, *NUMERIC, *YEARS, *_EXTRA)])
        self._sink = pa.OSFile(str(path), "wb")
        self._file = pa.ipc.new_file(self._sink, self._schema)
        self._waiting: list[Dataset] = []

    def add(self, dataset: Dataset) -> None:
        """Takes one dataset; a few thousand are held back and written together."""
        self._waiting.append(dataset)
        if len(self._waiting) >= _BATCH_ROWS:
            self._flush()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Writes what is held back and closes the file."""
        if kind is None:
            self._flush()
        self._file.close()
        self._sink.close()

    def _flush(self) -> None:
        import pyarrow as pa

        if self._waiting:
            columns = [[_cell(each, name) for each in self._waiting] for name in self._schema.names]
            arrays = [pa.array(column, kind) for column, kind in zip(columns, self._schema.types, strict=True)]
            self._file.write_batch(pa.record_batch(arrays, schema=self._schema))
            self._waiting.clear()


def write_table(datasets: Sequence[Dataset], path: Path) -> None:
    """Writes datasets as an Arrow IPC file that can be memory-mapped."""
    with TableWriter(path) as writer:
        for dataset in datasets:
            writer.add(dataset)


def _cell(dataset: Dataset, name: str) -> str | float | None:
    if name == "attributes":
        return json.dumps(dict(dataset.attributes), ensure_ascii=False, sort_keys=True)
    if name in NUMERIC or name in YEARS:
        return cast("float | None", getattr(dataset, name))
    return _text(dataset, name)


def _text(dataset: Dataset, name: str) -> str:
    value = getattr(dataset, name)
    return "|".join(value) if name == "synonyms" else str(value)


_KEPT = 5_000
"""Datasets kept once read: candidates of like products are the same few hundred."""


class Coded(NamedTuple):
    """A column of few distinct values.

    Attributes:
        values: the distinct values; None where a cell is empty.
        codes: place of each dataset's value, shape (n_datasets,).
    """

    values: list[str | float | None]
    codes: NDArray[np.int32]


class Catalogue:
    """Datasets by row number.

    Attributes:
        sha256: checksum of the source files, part of every record's provenance.
    """

    def __init__(self, path: Path, sha256: str) -> None:
        """Maps the Arrow file at ``path`` (written by ``write_table``) into memory.

        Raises:
            CatalogueError: the file is not a readable Arrow file.
        """
        import pyarrow as pa

        try:
            self._table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
        except (OSError, pa.ArrowInvalid) as error:
            raise CatalogueError(
                f"The compiled catalogue {path.name} cannot be read ({error}).",
                hint="Rebuild it: firstprint index build",
                code="catalogue_damaged",
            ) from error
        self.sha256 = sha256
        self._kept: dict[int, Dataset] = {}

    def __len__(self) -> int:
        """Number of datasets."""
        return cast("int", self._table.num_rows)

    def column(self, name: str) -> list[str]:
        """One text column as a list of length ``len(self)``."""
        return cast("list[str]", self._table.column(name).to_pylist())

    def coded(self, name: str) -> Coded:
        """One column by its distinct values."""
        told = self._table.column(name).combine_chunks().dictionary_encode(null_encoding="encode")
        return Coded(told.dictionary.to_pylist(), np.asarray(told.indices.to_numpy(), dtype=np.int32))

    def matching(self, name: str, pattern: str) -> NDArray[np.bool_]:
        """In which datasets a text column contains a match of a regular expression (RE2), shape (n_datasets,)."""
        import pyarrow.compute as pc

        found = pc.match_substring_regex(self._table.column(name), pattern)
        return np.asarray(found.to_numpy(), dtype=np.bool_)

    def texts(self, name: str, rows: Iterable[int]) -> list[str]:
        """One text column at ``rows``."""
        column = self._table.column(name)
        return [cast("str", column[int(row)].as_py()) for row in rows]

    @cached_property
    def gwp100_kg_co2e(self) -> NDArray[np.float64]:
        """Emission factors per unit of the reference flow, NaN where a dataset has no result; shape (n,)."""
        values = self._table.column("gwp100_kg_co2e").to_numpy()
        return np.asarray(values, dtype=np.float64)

    @cached_property
    def _row_by_id(self) -> dict[str, int]:
        return {dataset_id: row for row, dataset_id in enumerate(self.column("dataset_id"))}

    def find(self, dataset_id: str) -> int | None:
        """The row of a dataset, or None when there is none of this id."""
        return self._row_by_id.get(dataset_id)

    def rows_with(self, text: str) -> list[int]:
        """Rows in which one of ``SEARCHED`` contains ``text``, capitals ignored, in the catalogue's order."""
        wanted = " ".join(text.casefold().split())
        return [row for row, told in enumerate(self._searched) if wanted in told]

    @cached_property
    def _searched(self) -> list[str]:
        columns = [self.column(name) for name in SEARCHED]
        return ["\n".join(cells).casefold() for cells in zip(*columns, strict=True)]

    def row_of(self, dataset_id: str) -> int:
        """The row of a dataset.

        Raises:
            CatalogueError: no dataset has this id; the hint names near ones.
        """
        row = self._row_by_id.get(dataset_id)
        if row is None:
            import difflib

            near = difflib.get_close_matches(dataset_id, list(self._row_by_id), n=3, cutoff=0.5)
            hint = f"Did you mean {', '.join(near)}?" if near else "List ids with: firstprint catalogue list TEXT"
            raise CatalogueError(f"No dataset has the id {dataset_id!r}.", hint=hint, code="dataset_unknown")
        return row

    def dataset(self, row: int) -> Dataset:
        """The dataset at a row (0 ≤ row < len); the last ones read are kept."""
        kept = self._kept.get(row)
        if kept is None:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            kept = self._kept[row] = self.read(row)
        return kept

    def read(self, row: int) -> Dataset:
        """The dataset at a row, made anew and not kept: for going through all of them."""
        cells = self._table.slice(int(row), 1).to_pylist()[0]
        attributes = json.loads(cells.pop("attributes"))
        texts = {name: "" if value is None else str(value) for name, value in cells.items()}
        return dataset_from_row({**texts, **attributes})

    def datasets(self, rows: Iterable[int]) -> list[Dataset]:
        """The datasets at several rows."""
        return [self.dataset(row) for row in rows]

    def all_datasets(self) -> list[Dataset]:
        """Every dataset, for training and building; estimating never needs this."""
        return self.datasets(range(len(self)))
