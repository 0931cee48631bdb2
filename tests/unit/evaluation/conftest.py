"""Made-up originals of published match datasets as files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from prepared_matches import (
    CLASS_HEADER,
    CLASSES,
    FACTOR_HEADER,
    FACTORS,
    INDEX,
    PROCESS_HEADER,
    PROCESSES,
    PRODUCT_HEADER,
    PRODUCTS,
    TRUTH,
    TRUTH_HEADER,
    Rows,
    table,
)


@pytest.fixture
def austin(tmp_path: Path) -> Callable[..., list[Path]]:
    def files(truth: Rows = TRUTH, factors: Rows = FACTORS, index: Rows = INDEX) -> list[Path]:
        return [
            table(tmp_path / "index.csv", ("NAICS17", "INDEX ITEM DESCRIPTION"), index),
            table(tmp_path / "truth.csv", TRUTH_HEADER, truth),
            table(tmp_path / "factors.csv", FACTOR_HEADER, factors),
        ]

    return files


@pytest.fixture
def groceries(tmp_path: Path) -> Callable[..., list[Path]]:
    def files(products: Rows = PRODUCTS, classes: Rows = CLASSES) -> list[Path]:
        return [
            table(tmp_path / "classes.csv", CLASS_HEADER, classes),
            table(tmp_path / "products.csv", PRODUCT_HEADER, products),
        ]

    return files


@pytest.fixture
def processes(tmp_path: Path) -> Callable[..., list[Path]]:
    def files(rows: Rows = PROCESSES) -> list[Path]:
        return [table(tmp_path / "processes.csv", PROCESS_HEADER, rows)]

    return files
