"""Files of known and unknown origin: our checkpoints, arrays, pickles, and output that is never half-written."""
