"""The definition of value streams, stages, calendars and the plan: read, validate, propose, write."""
