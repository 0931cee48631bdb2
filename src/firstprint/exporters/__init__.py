"""Writes records as files for others: workbooks and pages."""
