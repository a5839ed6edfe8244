"""Sentences for training and evaluation, true of the rooms that they speak of."""
