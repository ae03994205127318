"""What any declared file is made of: kinds, values, YAML text with places, mistakes; knows no architecture."""
