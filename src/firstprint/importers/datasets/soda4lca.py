"""Environmental product declarations as soda4LCA writes them in JSON with ``view=extended`` (ÖKOBAUDAT, ECO Portal)."""

from __future__ import annotations

import re

from firstprint.importers.datasets.ilcd_family import IlcdImporter

IMPORTER = IlcdImporter(
    format="soda4lca",
    title="soda4LCA EPD (JSON)",
    notation="json",
    epds=True,
    marks=re.compile(rb"\"processInformation\"\s*:\s*\{"),
)
"""The importer of this format."""
