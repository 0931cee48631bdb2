"""The version of this software, as records name it."""

__version__ = "0.1.0"
