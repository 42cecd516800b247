"""The rules of docs/plan-appointments.md over datetimes, apart from the search: what checks and explains a plan."""
