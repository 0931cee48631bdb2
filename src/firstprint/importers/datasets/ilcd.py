"""ILCD process data sets in XML: a folder, a zip archive or one file (European Platform on LCA, TianGong, GLAD)."""

from __future__ import annotations

import re

from firstprint.importers.datasets.ilcd_family import IlcdImporter

IMPORTER = IlcdImporter(
    format="ilcd",
    title="ILCD process (XML)",
    notation="xml",
    epds=False,
    marks=re.compile(rb"<(?:\w+:)?processDataSet\b"),
)
"""The importer of this format."""
