"""The tables and figures of the paper, with its rivals, on any source of rooms: ``evaluate --table 1`` and the like."""
