"""What furniture a person's name for an object speaks of, in several languages and spellings; without PyTorch."""
