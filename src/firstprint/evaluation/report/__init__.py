"""The report page: one HTML file with its plots inside, readable without a network."""
