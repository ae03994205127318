"""Trains one trial in its own process: the only folder whose modules import TensorFlow or Keras.

Importing this package, or its messages, imports neither; it writes no record.
"""
