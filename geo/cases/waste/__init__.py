"""渣土: grants, feeds of lorries and weighbridges, trips and how they deviate, spills, and where waste may lie."""
