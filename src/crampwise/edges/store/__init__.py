"""The store: diaries of one or more people in a database, SQLite or PostgreSQL."""
