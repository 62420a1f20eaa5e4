"""Screening a population: reading records with DuckDB or Spark, working through them in parts, and reporting."""
