"""What a licence text says about sharing, in the words that catalogues really use."""

from __future__ import annotations

import csv

import pytest

from firstprint.licences import bars_sharing, is_restricted
from firstprint.resources import resource


@pytest.mark.parametrize(
    "licence",
    [
        "CC BY-NC 4.0", "CC-BY-NC-SA-4.0", "cc by-nd", "Creative Commons Attribution-NonCommercial",
        "non commercial use",
        "No Derivatives", "All rights reserved", "© 2020 X, all Rights Reserved.", "not stated", "unspecified",
        "unknown",
        "internal", "for internal use", "in-house", "ecoinvent EULA", "ecoinvent 3.10 cut-off", "Sphera MLC", "GaBi",
        "no redistribution", "not for redistribution", "may not be shared without disclosure agreement; confidential",
        "proprietary", "restricted", "No licence", "unlicensed", "licence fee", "personal use only",
        "Alle Rechte vorbehalten", "Tous droits réservés", "版权所有", "仅供内部使用", "未注明", "非商业用途",
        "未经许可不得转载",
        "保留所有权利",
    ],
)  # fmt: skip
def test_what_limits_sharing_is_seen(licence: str) -> None:
    assert is_restricted(licence)
    assert bars_sharing(licence)


@pytest.mark.parametrize(
    "licence",
    [
        "CC-BY-4.0", "CC BY 4.0 International", "CC0-1.0", "CC BY-SA 4.0", "MIT", "OGL v3", "etalab-2.0", "ODbL",
        "Licence Ouverte 2.0", "US public domain", "unrestricted", "not restricted", "free of charge for all users",
        "single fact, cited", "EU-reuse-2011/833", "Apache-2.0", "公有领域", "internally compiled, CC-BY-4.0",
    ],
)  # fmt: skip
def test_open_terms_are_not(licence: str) -> None:
    assert not is_restricted(licence)
    assert not bars_sharing(licence)


def test_nothing_in_the_shipped_catalogue_is_restricted() -> None:
    found = set()
    for path in sorted(resource("index/catalogue").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            found |= {row["licence"] for row in csv.DictReader(lines)}
    assert len(found) > 5
    assert not {licence for licence in found if bars_sharing(licence)}
