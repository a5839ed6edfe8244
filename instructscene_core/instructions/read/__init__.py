"""A sentence to what is wished, by rule."""
