"""Readers of the default catalogue's sources: each turns one package's data file into rows and drops."""
