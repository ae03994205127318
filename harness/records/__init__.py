"""Raw facts: what was trained, where, and what came out; derives nothing from them."""
