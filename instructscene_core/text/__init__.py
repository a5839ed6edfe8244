"""Text encoders: the protocol that the graph prior expects, and the default, MiniLM."""
