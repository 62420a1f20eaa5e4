"""The rules of a book as CQL libraries over FHIR, with PlanDefinition and Library resources."""
