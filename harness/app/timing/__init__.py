"""Runs the benchmarks of single steps and answers, and keeps what they give; times nothing itself."""
