"""Whether recorded numbers can be had again, and whether they belong together; changes no record."""
