"""Query understanding without a language model: from a description to the texts that are worth searching with."""
