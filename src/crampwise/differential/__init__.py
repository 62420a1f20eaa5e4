"""Which cause, alone or with one other, explains the complaint: exact, in log space, over stated hypotheses."""
