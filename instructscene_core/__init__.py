"""The generator of InstructScene: from an instruction to a furnished room, without Blender.

Nothing is imported here, so that the add-on can reach ``scene`` and ``vocabulary`` without torch.
"""
