"""From a request to sampled boxes: slots and masks, the protocol of models, the two stages of InstructScene."""
