"""Signal, backgrounds, selection and statistic: one search, one simulation, one result."""
