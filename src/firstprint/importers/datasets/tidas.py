"""TIDAS: the ILCD format as JSON, as the TianGong platform writes it; a folder, a zip archive or one file."""

from __future__ import annotations

import re

from firstprint.importers.datasets.ilcd_family import IlcdImporter

IMPORTER = IlcdImporter(
    format="tidas",
    title="TIDAS process (JSON)",
    notation="json",
    epds=False,
    marks=re.compile(rb"\"processDataSet\"\s*:\s*\{"),
)
"""The importer of this format."""
