"""Persistence of proposals and decisions."""
