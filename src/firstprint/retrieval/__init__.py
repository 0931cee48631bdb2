"""Label indexes, dense (faiss) and lexical, their fusion and their manifest."""
