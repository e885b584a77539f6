"""The made-up county 示例县, piece by piece; ``data/make_county.py`` puts it together."""
