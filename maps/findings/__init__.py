"""What pages of findings are made of: blocks of a panel, charts, and shapes on the map. No page knows another's."""
