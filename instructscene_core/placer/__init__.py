"""Places any mesh on anything: surfaces, a drop onto real triangles, and proposals by rule. No torch."""
