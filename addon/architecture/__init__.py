"""A person's own building: which objects are parts of it, and the floor plan that they make."""
