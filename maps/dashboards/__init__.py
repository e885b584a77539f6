"""Pages of maps for planners and squad leaders."""
