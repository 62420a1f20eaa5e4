"""What a plan starts from: the person's own rate, and a trial that runs already."""

from datetime import date, timedelta

from crampwise.book.schema.followup import Followup
from crampwise.followup.design import Design, design_from
from crampwise.followup.rates import Rate, rate
from crampwise.followup.records import Diary, TrialRecord
from crampwise.followup.timeline import timeline


def own_rate(followup: Followup, diary: Diary, today: date) -> Rate:
    """Give the cramps in a week over the last weeks of a diary."""
    line = timeline(diary, today, followup.night_ends_hour)
    return rate(line.between(today - timedelta(days=followup.trial.look_back_days - 1), today), followup)


def overlapping(diary: Diary, design: Design, own_id: str = "") -> tuple[TrialRecord, date] | None:
    """Give another trial that runs at the same time, with its last day."""
    for other in diary.trials:
        last = last_day(other)
        if other.id != own_id and last >= design.start and other.start <= design.last:
            return other, last
    return None


def last_day(record: TrialRecord) -> date:
    """Give the last day of a trial: the planned one, or that on which it was ended."""
    return record.ended or design_from(record.action, record.start, record.plan).last
