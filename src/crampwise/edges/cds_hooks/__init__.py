"""A CDS Hooks 2.0 service: cards for the systems that clinicians work in."""
