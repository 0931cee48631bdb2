"""Batches: a table in, a table or records out, in chunks that can be stopped and taken up again."""
