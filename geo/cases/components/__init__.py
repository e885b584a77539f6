"""市政部件维修: orders to repair what stands in the street, with quantity, unit and proof."""
