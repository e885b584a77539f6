"""Ladder records, and who complained, expire: deleted, and shown to be gone. Penalty files follow archive retention."""
