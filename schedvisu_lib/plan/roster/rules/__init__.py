"""The rules of docs/plan-roster.md over dates and times, apart from the search: seats, counts, checks, statistics."""
