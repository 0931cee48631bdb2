"""Scores of the fit terms of many datasets of a catalogue at once.

A term reads a column or two of a dataset, and a column has few distinct values. So each term is asked once for every
value it meets (``fit_scores``, the same functions as for one dataset), and the answers are looked up by value.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from firstprint.catalogue.opposites import told_answers
from firstprint.domain.dataset import Dataset
from firstprint.kept import Kept
from firstprint.ranking import fit_scores as terms
from firstprint.ranking.features import FIT_NAMES
from firstprint.ranking.fit_scores import Asked

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstprint.catalogue.table import Catalogue, Coded

_ANSWERS_KEPT: Final = 512
"""Terms by what was asked of them: units, places and years of a list are few."""
_OPPOSITES_KEPT: Final = 16
"""Of these a column as long as the catalogue is kept."""
_STATES_OWN_MASS: Final = '"mass_kg_per_unit": "[^"]'
_UNASKED: Final = -1
_UNIT, _VARIANT = FIT_NAMES.index("unit"), FIT_NAMES.index("variant")
_Term = Callable[[Asked, Dataset], float]


class _Values(NamedTuple):
    """The distinct values of the columns that a term reads.

    Attributes:
        examples: row of a dataset with each value, shape (n_values,).
        of_dataset: position of each dataset's value, shape (n_datasets,).
    """

    examples: NDArray[np.int64]
    of_dataset: NDArray[np.int64]


class FitTable:
    """Fit scores by row of a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Reads the columns that the terms look at."""
        self._catalogue = catalogue
        self._factors = catalogue.gwp100_kg_co2e
        units, places, categories = (catalogue.coded(name) for name in ("unit", "geography", "category"))
        own_mass = catalogue.matching("attributes", _STATES_OWN_MASS)
        self._counted = np.array([terms.is_counted(str(unit)) for unit in units.values], dtype=np.bool_)[units.codes]
        self._unit = _values(units.codes, own_mass)
        self._place = _values(places.codes, _grids(categories, units))
        self._boundary, self._basis, self._age, self._phase, self._variant, self._licence = (
            _values(catalogue.coded(name).codes)
            for name in ("system_boundary", "basis", "year", "life_cycle_phase", "variant", "licence")
        )
        self._answers: Kept[Hashable, NDArray[np.float64]] = Kept(_ANSWERS_KEPT)
        self._opposite: Kept[Hashable, NDArray[np.int8]] = Kept(_OPPOSITES_KEPT)

    def scores(self, asked: Asked, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """``fit_scores`` of the datasets at ``rows``, shape (len(rows), number of terms)."""
        wants, heavy = terms.wants_of(asked.text), asked.mass_kg is not None
        columns = (
            self._each("unit", self._unit, terms.unit_score_by_unit, asked, rows, asked.unit, heavy),
            self._each("geography", self._place, terms.geography_score, asked, rows, asked.geography),
            self._each("boundary", self._boundary, terms.boundary_score, asked, rows, asked.boundary),
            self._each("basis", self._basis, terms.basis_score, asked, rows, asked.unit, asked.boundary),
            self._each("age", self._age, terms.age_score, asked, rows, asked.year),
            self._each("phase", self._phase, terms.phase_score, asked, rows, asked.boundary, wants),
            self._each("variant", self._variant, terms.variant_score_by_kind, asked, rows, wants.variant),
            self._each("licence", self._licence, terms.licence_score, asked, rows),
        )
        out = np.stack(columns, axis=1)
        self._correct(out, asked, rows)
        return out

    def _each(
        self,
        name: str,
        values: _Values,
        term: _Term,
        asked: Asked,
        rows: NDArray[np.int64],
        *asked_about: Hashable,
    ) -> NDArray[np.float64]:
        """A term's scores at ``rows``; of ``asked`` it reads nothing but what is named last."""
        key = (name, *asked_about)
        known = self._answers.get(key)
        if known is None:
            known = self._answers.put(key, np.full(len(values.examples), np.nan))
        found = values.of_dataset[rows]
        scores = known[found]
        missing = np.isnan(scores)
        if missing.any():
            for value in np.unique(found[missing]).tolist():
                known[value] = term(asked, self._catalogue.dataset(int(values.examples[value])))
            scores = known[found]
        return scores

    def _correct(self, out: NDArray[np.float64], asked: Asked, rows: NDArray[np.int64]) -> None:
        """Puts right what depends on a dataset's own number or names as well as on the product's."""
        if asked.mass_kg:
            other = self._counted[rows] & terms.of_other_size(self._factors[rows], asked.mass_kg)
            out[other, _UNIT] = terms.UNIT_SCORES["other_size"]
        told = told_answers(asked.text)
        if told:
            out[self._opposites(asked, rows, told), _VARIANT] = terms.OPPOSITE

    def _opposites(self, asked: Asked, rows: NDArray[np.int64], told: Hashable) -> NDArray[np.bool_]:
        """Which of the datasets at ``rows`` are named for what the text excludes; each is asked once for its answers.

        Args:
            asked: what the product states.
            rows: of the catalogue.
            told: the text's answers: texts of the same answers exclude the same.
        """
        known = self._opposite.get(told)
        if known is None:
            known = self._opposite.put(told, np.full(len(self._factors), _UNASKED, dtype=np.int8))
        for row in rows[known[rows] == _UNASKED].tolist():
            known[row] = terms.is_opposite(asked, self._catalogue.dataset(row))
        return np.asarray(known[rows] == 1, dtype=np.bool_)


def _values(*columns: NDArray[np.int32] | NDArray[np.bool_]) -> _Values:
    """The distinct values of one column, or of several together, each told by its codes."""
    together = np.zeros(len(columns[0]), dtype=np.int64)
    for codes in columns:
        together = together * (int(codes.max(initial=0)) + 1) + codes
    _, examples, of_dataset = np.unique(together, return_index=True, return_inverse=True)
    return _Values(examples, of_dataset)


def _grids(categories: Coded, units: Coded) -> NDArray[np.bool_]:
    """Which datasets are electricity of a place, shape (n_datasets,)."""
    pairs = _values(categories.codes, units.codes)
    told = [
        terms.is_grid(str(categories.values[categories.codes[row]]), str(units.values[units.codes[row]]))
        for row in pairs.examples.tolist()
    ]
    return np.array(told, dtype=np.bool_)[pairs.of_dataset]
