"""节点保障: what holds otherwise for some days and hours in some places, told by the clock alone."""
