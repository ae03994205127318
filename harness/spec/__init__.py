"""What is compared: layers, recipe, claims, reading a file, cost; imports no TensorFlow, prints nothing."""
