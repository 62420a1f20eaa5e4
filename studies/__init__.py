"""Studies: longer runs that show how far the differential can be trusted. They report figures and are not imported."""
