"""The parts of ``build.py``, one a command. All start with nothing but Python's standard library."""
