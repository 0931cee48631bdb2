"""The report page: one HTML file with its plots inside, readable without a network."""

from __future__ import annotations

from firstprint.evaluation.report.overview import write_overview
from firstprint.evaluation.report.page import write_report

__all__ = ["write_overview", "write_report"]
