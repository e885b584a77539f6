"""路灯夜巡日修: outages with their lamps and clocks, and the plans by which a dark lamp is no fault."""
