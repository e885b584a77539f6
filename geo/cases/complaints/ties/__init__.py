"""What says the same as what was said before: found by place, topic and caller, decided by people."""
