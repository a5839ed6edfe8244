"""What the official InstructScene wrote: its checkpoints, and the statistics of its data set."""
