"""Original published files in, evaluation suites out: one file a published dataset."""
