"""A FHIR endpoint on this machine: forms, the adaptive interview, results."""
