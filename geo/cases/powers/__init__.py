"""权责清单: which formal acts there are, on which article, within which band, reviewed by whom, in whose name."""
