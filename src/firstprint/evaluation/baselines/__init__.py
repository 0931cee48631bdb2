"""Plain methods run on the same data as the product, so that every figure has something to stand beside."""
