"""Importers of dataset catalogues: each yields datasets and problems from a package of files (ILCD, EPD, openLCA …)."""
