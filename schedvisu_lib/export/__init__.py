"""Files for other programs: tables for spreadsheets, the agenda for calendars, single pages for slides."""
