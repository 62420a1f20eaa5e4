"""The interview as a FHIR form, answers from a filled-in form, and the assessment as FHIR resources. Dicts, no I/O."""
