"""The web app and the REST interface."""
