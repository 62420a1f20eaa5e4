"""Many people at once: findings in columns become urgency, flags, measures, causes and reasons for each person."""
