"""Specs out of saved Keras models, which are read as data: nothing in them is run, and Keras is not imported."""
