"""Keras on TensorFlow: the only folder whose modules import either."""
