"""Data sets: their declarations, and verified copies of them; imports no TensorFlow and prints nothing.

What a declaration says (``dataset``, ``declarations``) is read without NumPy; the arrays are in ``cache``. Where files
come from is ``sources/``, what they are ``formats/``, and ``new_declaration`` makes a declaration of one's own files.
"""
