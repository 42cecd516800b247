"""Ask where appointments are booked, and keep what was planned: worklist, CSV or iCalendar -> the planned table."""
