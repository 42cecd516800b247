"""The weekly task for the system that it runs on: a systemd timer, a line of cron, a task of Windows."""
