"""Facts, template, generated text and the guard that checks it."""
