"""At how many seeds a claim is judged until it is decided; judges none."""

# Levels are divided by the number of these looks, however few of them are allowed: more can be allowed later without
# another correction.
LOOKS = (10, 20, 40)
