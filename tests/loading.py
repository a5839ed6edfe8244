"""Loads a module of the tests by its path: those that are scripts too, or of the other folder of tests."""

import importlib.util


def load(path):
    """The module of a Python file, under the file's name."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found
