"""Label texts of an index by row, memory-mapped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

LABELS_FILE = "labels.arrow"
_AT_ONCE = 65_536


class LabelTexts:
    """Label texts by row, memory-mapped."""

    def __init__(self, path: Path) -> None:
        """Maps the Arrow file of labels."""
        import pyarrow as pa

        self._column = pa.ipc.open_file(pa.memory_map(str(path))).read_all().column("text")

    def __len__(self) -> int:
        """Number of labels."""
        return len(self._column)

    def __getitem__(self, row: int) -> str:
        """The text of one label."""
        return str(self._column[row].as_py())

    def __iter__(self) -> Iterator[str]:
        """The texts in order; some thousands are read at a time."""
        for start in range(0, len(self), _AT_ONCE):
            yield from self._column.slice(start, _AT_ONCE).to_pylist()


def write_label_texts(texts: Sequence[str], path: Path) -> None:
    """Writes texts to an Arrow file."""
    import pyarrow as pa

    column = pa.table({"text": pa.array(texts, pa.large_string() if _is_large(texts) else pa.string())})
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, column.schema) as writer:
        writer.write_table(column)


def _is_large(texts: Sequence[str]) -> bool:
    """Whether the texts together may pass the 2 GiB that Arrow's plain strings hold."""
    return 4 * sum(map(len, texts)) >= 2**31
