"""Read-only table of datasets with their labels, sources and checksum."""
