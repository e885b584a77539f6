"""721工作法: which action is service, management or enforcement, as data, and how many there were."""
