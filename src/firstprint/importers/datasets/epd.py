"""Environmental product declarations as ILCD+EPD XML: a folder, a zip archive or one file."""

from __future__ import annotations

import re

from firstprint.importers.datasets.ilcd_family import IlcdImporter

IMPORTER = IlcdImporter(
    format="epd",
    title="ILCD+EPD (XML)",
    notation="xml",
    epds=True,
    marks=re.compile(rb"<(?:\w+:)?processDataSet\b"),
)
"""The importer of this format."""
