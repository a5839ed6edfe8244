"""The form in which words are listed in this package."""

Choices = tuple[str, ...]
"""Phrases to draw one from; what is said more often is listed more often."""


def words_of(text: str) -> frozenset[str]:
    """Words separated by spaces or lines."""
    return frozenset(text.split())


def choices(text: str) -> Choices:
    """Phrases separated by "|", in their order, spaces made single."""
    return tuple(" ".join(part.split()) for part in text.split("|"))


def listed(text: str) -> list[tuple[str, ...]]:
    """Phrases separated by "|", each as its words."""
    return [tuple(phrase.split()) for phrase in text.split("|")]
