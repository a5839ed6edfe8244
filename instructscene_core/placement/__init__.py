"""From sampled boxes to a scene: meshes, a settled layout, extras."""
