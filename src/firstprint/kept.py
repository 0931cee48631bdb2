"""What was made lately and may be asked for again, in bounded memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class Kept(Generic[_Key, _Value]):
    """Values by key, the ones used longest ago forgotten; several threads may use it at once."""

    def __init__(self, most: int) -> None:
        """Keeps at most ``most`` values, at least one."""
        self._most = max(1, most)
        self._values: OrderedDict[_Key, _Value] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """Number of values kept."""
        return len(self._values)

    def get(self, key: _Key) -> _Value | None:
        """The value, from now on the one used last; None where there is none."""
        with self._lock:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value

    def put(self, key: _Key, value: _Value) -> _Value:
        """Keeps a value, which is not None, and returns it."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return value

    def clear(self) -> None:
        """Forgets all values."""
        with self._lock:
            self._values.clear()
