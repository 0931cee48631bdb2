"""The review pages, drawn on the server: they work without script, in English and Chinese, light and dark."""
