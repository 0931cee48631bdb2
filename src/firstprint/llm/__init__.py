"""Language models and prompts."""
