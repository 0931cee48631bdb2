"""Typed records that pass between the steps; every number carries its unit in its name."""
