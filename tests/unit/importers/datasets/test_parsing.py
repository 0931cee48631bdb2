"""XML and JSON of strangers: nothing is expanded, fetched or read beyond the file itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from firstprint.errors import UnreadableError
from firstprint.importers.datasets.parsing import parse_json, parse_xml

LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><l>&c;</l>"""


def test_sound_xml_and_json_are_read() -> None:
    assert parse_xml("<a 名='铝'>锭<!-- no --></a>".encode()).text == "锭"
    assert parse_json('\ufeff{"名": [1, 2.5, null]}'.encode()) == {"名": [1, 2.5, None]}


@pytest.mark.parametrize("data", [LAUGHS, b"<!DOCTYPE a><a/>", b'<!DOCTYPE a SYSTEM "http://127.0.0.1/x.dtd"><a/>'])
def test_a_document_type_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableError, match="document type"):
        parse_xml(data)


def test_an_external_entity_reads_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("top secret")
    data = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><a>&x;</a>'
    with pytest.raises(UnreadableError) as caught:
        parse_xml(data.encode())
    assert "top secret" not in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_a_document_type_in_another_encoding_is_refused(encoding: str) -> None:
    with pytest.raises(UnreadableError):
        parse_xml('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'.encode(encoding))


@pytest.mark.parametrize(
    "data", [b"", b"<a>", b"\x00\x01", b"<a>&undefined;</a>", b"<a>" * 5000, "<a>é</a>".encode("latin-1")]
)
def test_what_is_not_well_formed_is_told(data: bytes) -> None:
    with pytest.raises(UnreadableError, match="XML"):
        parse_xml(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"[NaN]", "valid JSON"),
        (b"[-Infinity]", "valid JSON"),
        (b"{", "valid JSON"),
        (b"", "valid JSON"),
        (b"[" * 200_000, "nested too deep"),
        (b'{"a":' * 200_000, "nested too deep"),
        (b"\xff\xfe", "UTF-8"),
    ],
)
def test_what_is_no_json_is_told(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        parse_json(data)


def test_a_number_without_end_neither_hangs_nor_raises() -> None:
    assert parse_json(b"9" * 100_000) == float("inf")
    assert parse_json(b"1e999") == float("inf")
