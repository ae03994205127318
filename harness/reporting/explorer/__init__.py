"""The page to explore, one file for browsers: the findings as data, with template, styles and scripts around them."""
