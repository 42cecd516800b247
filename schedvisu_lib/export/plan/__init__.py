"""Files of a plan of appointments: tables, workbook, calendars, FHIR, pages to print; and a corrected one read back."""
