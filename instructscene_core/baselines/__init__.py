"""ATISS and DiffuScene, with which the paper compares its method, as models that can stand in its place."""
