"""The words of instructions: those that are understood and those that are written."""
