"""Metrics of every task, their bootstrap intervals, and the comparison of two runs."""
