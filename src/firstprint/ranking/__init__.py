"""Fit terms, ranking and calibrated acceptance probability."""
