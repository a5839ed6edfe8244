"""Sentences from triplets, and triplets from sentences."""
