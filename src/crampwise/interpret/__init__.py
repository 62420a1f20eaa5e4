"""Whatever gives a rule a value or another form. `person` is the meaning; the others must agree with it."""
