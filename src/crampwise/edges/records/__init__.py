"""Getting patient records: from files and folders, from FHIR servers, with or without a SMART launch."""
