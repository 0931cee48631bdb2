"""Reads files of others: each importer turns a path into typed rows, and names every fault with its place."""
