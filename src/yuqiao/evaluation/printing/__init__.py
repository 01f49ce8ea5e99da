"""What is printed of a project's evaluation: forms, reports, summaries; public and internal copies."""
