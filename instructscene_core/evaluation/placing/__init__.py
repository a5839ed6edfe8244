"""The tables of docs/placing.md: what the geometry placer has learnt, beside the rule and its controls."""
