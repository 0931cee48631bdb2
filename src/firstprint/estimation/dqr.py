"""PACT data quality ratings of a dataset for a product, 1 best to 5, by rules that a reader can check.

PACT Methodology v3 names the three ratings and leaves the steps between 1 and 5 to the sector; each function
states its own.
"""

from __future__ import annotations

from firstprint.domain.proposal import DataQuality
from firstprint.geography import geography_fit

# A rating of r is given down to the r-th bound: 1 means that four of five such proposals are accepted.
_ACCEPTANCE_BOUNDS = (0.8, 0.6, 0.4, 0.2)
# Years between dataset and product, as in the pedigree matrix of Weidema and Wesnæs (1996), "Data quality
# management for life cycle inventories", J Clean Prod 4:167.
_AGE_BOUNDS = (3, 6, 10, 15)
_WORST = 5


def technological_dqr(acceptance_probability: float) -> int:
    """How surely the dataset is the product's kind: from 0.8 is 1, 0.6 is 2, 0.4 is 3, 0.2 is 4, else 5."""
    for rating, bound in enumerate(_ACCEPTANCE_BOUNDS, start=1):
        if acceptance_probability >= bound:
            return rating
    return _WORST


def temporal_dqr(dataset_year: int | None, asked_year: int | None) -> int:
    """Age of the dataset: to 3 years is 1, to 6 is 2, to 10 is 3, to 15 is 4, else or unknown 5.

    A dataset younger than the year asked for is as far off as one that is older by as much.
    """
    if dataset_year is None or asked_year is None:
        return _WORST
    age = abs(asked_year - dataset_year)
    for rating, bound in enumerate(_AGE_BOUNDS, start=1):
        if age <= bound:
            return rating
    return _WORST


def rate(
    *,
    acceptance_probability: float,
    asked_geography: str | None,
    dataset_geography: str,
    asked_year: int | None,
    dataset_year: int | None,
) -> DataQuality:
    """The three ratings of one dataset for one product.

    Args:
        acceptance_probability: calibrated, 0 to 1.
        asked_geography: the product's place, or None when unknown.
        dataset_geography: the dataset's place as its source codes it.
        asked_year: the product's year; the caller puts the current year where none was asked for.
        dataset_year: reference year of the dataset, or None.
    """
    return DataQuality(
        technological=technological_dqr(acceptance_probability),
        geographical=geography_fit(asked_geography, dataset_geography),
        temporal=temporal_dqr(dataset_year, asked_year),
    )
