"""Figures as SVG: the same findings and library give the same bytes; derives no number."""
