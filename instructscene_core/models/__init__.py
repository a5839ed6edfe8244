"""The networks: one file per architecture, its configuration beside it."""
