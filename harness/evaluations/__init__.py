"""What is measured of a trained network, a small file each: images and scores in, metrics out; NumPy alone."""
