"""Training of the starter's networks: one command, seeded, resumable, logged as CSV. Not part of the zip."""
