"""The safety properties, each with one plain sentence and what has to be shown for it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from crampwise.safety.causes import s8
from crampwise.safety.forms import p1, s10
from crampwise.safety.ground import Ground
from crampwise.safety.monotone import s7
from crampwise.safety.numbers import n1
from crampwise.safety.obligations import Obligation
from crampwise.safety.offers import s6
from crampwise.safety.screen import s9
from crampwise.safety.urgency import s1, s2, s3, s4, s5


@dataclass(frozen=True)
class Property:
    """A safety property.

    Attributes:
        says: the property in one plain sentence. obligations: from a book to everything that has to be shown.
    """

    id: str
    says: str
    obligations: Callable[[Ground], Iterable[Obligation]]


PROPERTIES = (
    Property("P1", "The compiled program says what the rules say, for everyone.", p1),
    Property(
        "N1", "Every probability lies between 0 and 1, priors sum to 1, thresholds and units fit their findings.", n1
    ),
    Property("S1", "The urgency shown is never below that of a red flag that is true.", s1),
    Property(
        "S2",
        "Care at home is the last word only when every higher red flag is ruled out; until then something is asked.",
        s2,
    ),
    Property("S3", "Nothing fires for a person of whom nothing is known.", s3),
    Property("S4", "Every red flag can fire for someone, and can be cleared for someone.", s4),
    Property("S5", "Everyone gets an urgency, and is told what to do.", s5),
    Property(
        "S6",
        "Nothing is offered against a true reason; an unknown one is asked about first, or named as not examined.",
        s6,
    ),
    Property("S7", "No further answer, and no worse answer, lowers the urgency that red flags have reached.", s7),
    Property(
        "S8",
        "A dangerous condition that a red flag points to stays listed until its stated rule-out, however unlikely.",
        s8,
    ),
    Property("S9", "Whoever has an emergency that answers can show says yes to it on the emergency screens.", s9),
    Property(
        "S10",
        "The smaller programs, sentences and grouped questions say what the rules say, and a coded answer itself.",
        s10,
    ),
)
