"""What detectors and networks for depth learn from beside a picture: how it is coded in files. No torch."""
