"""Files sent to the server: taken off the wire only after the sender's role is known, under a name of our own."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from anyio import to_thread
from fastapi import Request
from pydantic import BaseModel
from starlette.datastructures import UploadFile

from firstprint.errors import InputError

FILE = "file"
_MAX_FIELDS = 20
_MAX_FIELD_BYTES = 100_000
_MAX_NAME_CHARS = 200
_SUFFIX = re.compile(r"\.[a-z0-9]{1,10}")


class Upload(NamedTuple):
    """A form with one file.

    Attributes:
        file_name: as its owner named it, without folders; for display alone.
        file: its content, to be read once.
        fields: the other fields.
    """

    file_name: str
    file: UploadFile
    fields: Mapping[str, str]

    @property
    def suffix(self) -> str:
        """The name's ending in small letters, with its dot; empty for one that is unusual."""
        found = Path(self.file_name.lower()).suffix
        return found if _SUFFIX.fullmatch(found) else ""

    async def write(self, path: Path) -> None:
        """Writes the content to ``path``, whose folder must be there."""
        await self.file.seek(0)

        def copied() -> None:
            with path.open("xb") as target:
                shutil.copyfileobj(self.file.file, target)

        await to_thread.run_sync(copied)


@asynccontextmanager
async def upload_of(request: Request) -> AsyncIterator[Upload]:
    """The form of a request; its file is closed at the end.

    Raises:
        InputError: ``upload_form`` where it is no form; ``upload_missing`` without a file.
    """
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise InputError(
            "A file is sent as a form of the type multipart/form-data.",
            hint="For example: curl -F file=@products.xlsx",
            code="upload_form",
        )
    async with request.form(max_files=1, max_fields=_MAX_FIELDS, max_part_size=_MAX_FIELD_BYTES) as form:
        file = form.get(FILE)
        if not isinstance(file, UploadFile) or not file.filename:
            raise InputError(
                "The form has no file.", hint=f"Send it in the field {FILE}, with its name.", code="upload_missing"
            )
        name = re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", "", re.split(r"[/\\]", file.filename)[-1])
        fields = {key: value for key, value in form.multi_items() if isinstance(value, str)}
        yield Upload(name[-_MAX_NAME_CHARS:] or "file", file, fields)


def form_body(options: type[BaseModel]) -> dict[str, Any]:
    """The request body of an upload for the published description: the file and the options' fields."""
    schema = options.model_json_schema()
    properties = {FILE: {"type": "string", "format": "binary"}, **schema.get("properties", {})}
    whole = {
        "type": "object",
        "properties": properties,
        "required": [FILE, *schema.get("required", [])],
        "additionalProperties": False,
    }
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": whole}}}}
