"""The frameworks that train, a folder each; importing this package imports none of them."""
