"""Carries a plan out: local processes today, room for a cluster engine beside them; decides nothing of the plan."""
