"""The only rooms that talk to the outside: S3, folders, DuckDB, SMTP."""
