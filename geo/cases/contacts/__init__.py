"""联系点 (P22): where the bureau comes to communities, enterprises and sites, and a log of its visits there."""
