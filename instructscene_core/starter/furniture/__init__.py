"""The starter's own furniture: parametric specifications, their geometry, catalogue and coloured points. CC0."""
