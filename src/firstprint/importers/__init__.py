"""Reads files of others: each a path to rows, with every fault of the file told at once."""
