"""Numbered schema steps, a file each, run in order by ``store.schema``; a published step never changes."""
