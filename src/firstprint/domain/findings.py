"""Datasets found for a query, column by column: an object exists only for those that are read one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple, overload

import numpy as np

from firstprint.domain.steps import PastDecision, Retrieved

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstprint.domain.dataset import LabelKind

EVIDENCE_COLUMNS: Final = (
    "similarity",
    "dense",
    "lexical",
    "document",
    "memory",
    "votes",
    "rejected",
    "named",
    "named_dense",
    "broader",
)
"""The attributes of ``Retrieved`` that are numbers."""


class Verdicts(NamedTuple):
    """What people decided about one dataset, in the words of ``Retrieved``."""

    confirmed_by: PastDecision | None = None
    rejected_by: PastDecision | None = None
    disputed: tuple[PastDecision, ...] = ()


class Findings(Sequence[Retrieved]):
    """Datasets in the order they were found to be similar."""

    def __init__(
        self,
        rows: NDArray[np.int64],
        evidence: NDArray[np.float32],
        label_rows: NDArray[np.int32],
        label_kinds: Sequence[LabelKind],
        verdicts: dict[int, Verdicts],
    ) -> None:
        """Takes the columns.

        Args:
            rows: of the catalogue, shape (n,).
            evidence: in the order of ``EVIDENCE_COLUMNS``, shape (10, n).
            label_rows: of the strongest label of each, shape (n,).
            label_kinds: why it names the dataset, length n.
            verdicts: by catalogue row; most have none.
        """
        self.rows, self.evidence = rows, evidence
        self._label_rows, self._label_kinds, self._verdicts = label_rows, label_kinds, verdicts

    def __len__(self) -> int:
        """Number of datasets."""
        return len(self.rows)

    @overload
    def __getitem__(self, place: int) -> Retrieved: ...

    @overload
    def __getitem__(self, place: slice) -> list[Retrieved]: ...

    def __getitem__(self, place: int | slice) -> Retrieved | list[Retrieved]:
        """The dataset at a place of the order, with its evidence."""
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        row = int(self.rows[place])
        numbers = dict(zip(EVIDENCE_COLUMNS, self.evidence[:, place].tolist(), strict=True))
        said = self._verdicts.get(row, _NONE)
        return Retrieved(
            row=row,
            label_row=int(self._label_rows[place]),
            label_kind=self._label_kinds[place],
            **numbers,
            confirmed_by=said.confirmed_by,
            rejected_by=said.rejected_by,
            disputed=said.disputed,
        )


_NONE: Final = Verdicts()


def evidence_columns(found: Sequence[Retrieved]) -> NDArray[np.float64]:
    """The numbers of datasets found in the order of ``EVIDENCE_COLUMNS``, shape (10, n)."""
    if isinstance(found, Findings):
        return found.evidence.astype(np.float64)
    return np.array([[getattr(one, name) for one in found] for name in EVIDENCE_COLUMNS], dtype=np.float64)
