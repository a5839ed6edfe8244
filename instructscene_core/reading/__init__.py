"""Reading instructions: by rule, or with the help of a language model on this computer."""
