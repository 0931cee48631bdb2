"""Evaluation runs: suites, protocols, metrics with intervals, baselines, leakage guards and the report."""
