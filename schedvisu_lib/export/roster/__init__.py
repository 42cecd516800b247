"""Files of a duty roster: workbook, list, calendars, pages to print; and a corrected workbook read back."""
