"""Follow-up of one person: diary, statistics and trials. Pure: data in, results out."""
