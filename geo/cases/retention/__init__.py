"""Ladder and persuasion records expire: deleted, and shown to be gone. Penalty files follow archive retention."""
