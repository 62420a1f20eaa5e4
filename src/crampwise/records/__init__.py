"""From the coded entries of a patient record (FHIR R4) to answers, each with where it comes from."""
