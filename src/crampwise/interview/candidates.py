"""The next screen: the opening steps, then whatever can still change the urgency, then what tells most about causes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal

from crampwise.assess.assessment import Statement
from crampwise.assess.engine import Engine
from crampwise.assess.known import Known, know
from crampwise.book.book import rank
from crampwise.book.schema.findings import ScreenItem
from crampwise.book.schema.interview import ListName
from crampwise.interview.guide import Guide, guide_of
from crampwise.interview.state import MEDICINES, Mode, Question, Screen, State
from crampwise.interview.stop import Reach, reach
from crampwise.interview.value import believe, best_group, filled, settling, telling_group

Reason = Literal["emergency", "urgency_settled", "nothing_left_to_ask"]
_EMERGENCY = rank("emergency_now")
_MOST_WHY = 3


@dataclass(frozen=True)
class Step:
    """What comes next.

    Attributes:
        screen: what to ask, or None when the interview is over.
        urgency: emergency; urgency_settled (both ends agree); nothing_left_to_ask (some flag stays open, and no
            question can change that); None while it can still change.
        plan_settled: no question is expected to tell enough about the causes.
        screens_left: estimate; it falls when the answers are no.
    """

    screen: Screen | None
    urgency: Reason | None
    plan_settled: bool
    screens_left: int


def next_step(engine: Engine, state: State, mode: Mode = "person", past_emergency: bool = False) -> Step:
    """Give the next screen, a function of the answers alone.

    Args:
        engine: the book made ready.
        state: the answers. mode: who answers.
        past_emergency: go on although an emergency has fired.
    """
    guide = guide_of(engine)
    known = know(engine, state.intake(engine))
    found = reach(guide, state, known, mode)
    if found.certain == _EMERGENCY and not past_emergency:
        return Step(None, "emergency", False, 0)
    opening = list(_opening(guide, state, known, found, mode))
    reason = _reason(found)
    if opening:
        return Step(opening[0], reason, False, len(opening) + _chosen_left(guide, state, found))
    belief = believe(guide, found)
    most = guide.settings.most
    if found.live:
        read = frozenset().union(*(guide.reads[i] for i in found.live))
        candidates = [*_lines(guide, state, found, read), *sorted(read & found.open)]
        if candidates:
            group = best_group(guide, found, settling(guide, state, found, belief, candidates), most)
            group = filled(guide, belief, group, found.open, most)
            heading = _family_title(guide, group)
            return Step(_findings("urgency", heading, guide, group), None, False, _chosen_left(guide, state, found))
    group = telling_group(guide, belief, found.open, most)
    if group:
        return Step(_findings("plan", _family_title(guide, group), guide, group), reason, False, 1)
    return Step(None, reason, True, 0)


def _reason(found: Reach) -> Reason | None:
    if found.certain == _EMERGENCY:
        return "emergency"
    if found.live:
        return None
    return "nothing_left_to_ask" if found.stuck > found.certain else "urgency_settled"


def _chosen_left(guide: Guide, state: State, found: Reach) -> int:
    """Screens that the open red flags would still take if no answer settled two lines at once."""
    fixed = {f for form in guide.settings.forms for f in form.findings} | guide.gate_of.keys()
    read = (frozenset().union(*(guide.reads[i] for i in found.live)) & found.open) - fixed
    lines = [guide.items[id_].findings for id_ in _lines(guide, state, found, read)]
    single = read.difference(*lines)
    return ceil((len(lines) + len(single)) / guide.settings.most)


def _opening(guide: Guide, state: State, known: Known, found: Reach, mode: Mode) -> Iterator[Screen]:
    """The fixed steps that are still to come; after an emergency screen what a yes on it opens."""
    screens = {s.id: s for s in guide.engine.book.emergency_screen.screens}
    for step in guide.settings.steps:
        if step in screens:
            screen = screens[step]
            items = tuple(i for i in screen.items if _to_ask(i, state, known))
            if items:
                yield Screen(step, screen.title, tuple(Question("item", i.id, i.ask) for i in items))
            else:
                yield from _then(guide, state, found, screen.items, screen.title)
        elif step in guide.forms:
            form = guide.forms[step]
            questions = [_question(guide, f) for f in form.findings if f in found.open]
            questions += [_list(guide, k) for k in form.lists if not state.asked(k) and _for(k, mode)]
            if questions:
                yield Screen(step, form.title, tuple(questions))


def _to_ask(item: ScreenItem, state: State, known: Known) -> bool:
    """Whether a grouped danger sign is still to be put: not asked, nor known from elsewhere."""
    if state.asked(item.id):
        return False
    values = [known.closed.get(f) for f in item.findings]
    return not (True in values or all(v is False or state.asked(f) for v, f in zip(values, item.findings, strict=True)))


def _then(guide: Guide, state: State, found: Reach, items: Sequence[ScreenItem], heading: str) -> Iterator[Screen]:
    """One screen at once with the parts of items answered yes or not sure, then what else could show an emergency."""
    grave = [i for i in found.raising if rank(guide.flags[i].level) == _EMERGENCY]
    read = frozenset().union(*(guide.reads[i] for i in grave)) & found.open
    opened: dict[str, None] = {}
    unsure = sum(state.items.get(item.id) == "not_sure" for item in items)
    apart = ("yes", "not_sure") if unsure <= guide.settings.unsure_opened else ("yes",)
    for item in items:
        if state.items.get(item.id) not in apart:
            continue
        fresh = not any(f in state.values or f in state.not_sure for f in item.findings)
        if len(item.findings) > 1 and fresh:
            opened |= dict.fromkeys(f for f in item.findings if f in found.open)
        shown = sum(state.asked(f) for f in item.then)
        if shown < min(len(item.then), guide.settings.most // 2):
            opened |= dict.fromkeys(f for f in item.then if f in read)
    if not opened:
        return
    belief = believe(guide, found)
    own = [f for f in opened if f in guide.gate_of][: guide.settings.most]
    rest = [f for f in opened if f not in own]
    room = guide.settings.most - len(own)
    if rest and room:
        ranked = settling(guide, state, found, belief, rest)
        worth = (ranked.gain + ranked.reads / 8) @ guide.weights[list(found.live)]
        own += [rest[k] for k in (-worth).argsort(kind="stable")[:room]]
    yield _findings("then", heading, guide, own)


def _lines(guide: Guide, state: State, found: Reach, read: frozenset[str]) -> Iterator[str]:
    """Lines not yet put of which at least two findings are open and matter."""
    for line in guide.settings.lines:
        if not state.asked(line.id) and len(read & found.open & set(line.findings)) > 1:
            yield line.id


def _findings(key: str, heading: str, guide: Guide, ids: Sequence[str]) -> Screen:
    return Screen(key, heading, tuple(_question(guide, f) for f in ids))


def _question(guide: Guide, id_: str) -> Question:
    item = guide.items.get(id_)
    return Question("item", id_, item.ask) if item else Question("finding", id_, guide.entry(id_).ask)


def _for(name: ListName, mode: Mode) -> bool:
    return name == MEDICINES or mode == "clinician"


def _list(guide: Guide, name: ListName) -> Question:
    return Question(name, name, guide.engine.book.words.phrases[f"ask_{name}"])


def _family_title(guide: Guide, group: Sequence[str]) -> str:
    place = guide.family_of(group[0])
    return guide.settings.families[place].title if place >= 0 else guide.engine.book.words.headings["open"]


def why(engine: Engine, question: Question) -> tuple[Statement, ...]:
    """Say why a question is asked, with the evidence.

    A grouped danger sign and a form have a reason of their own; else the dangers that the question may show, else the
    causes it speaks for.
    """
    guide = guide_of(engine)
    item = guide.items.get(question.key)
    if item and item.why:
        return (_why_item(engine, item),)
    form = next((f for f in guide.settings.forms if f.why and question.key in f.findings), None)
    if form:
        return (engine.phrase(form.why),)
    ids = item.findings if item else (question.key,)
    flags = [f for f in engine.book.red_flags.values() if set(ids) & set(engine.reads[f"red_flag/{f.id}"])]
    if flags:
        from_grave = sorted(flags, key=lambda f: engine.level_order[f.level])
        return tuple(engine.say(f"{f.title}. {f.because}", f) for f in from_grave[:_MOST_WHY])
    causes = [
        c
        for c in engine.book.conditions.values()
        if any(id_ in engine.features_reading.get(x.finding, ()) for x in c.likelihoods for id_ in ids)
    ]
    return tuple(engine.say(f"{c.name.plain}. {c.what}", c) for c in causes[:_MOST_WHY]) or (
        engine.phrase("why_person"),
    )


def _why_item(engine: Engine, item: ScreenItem) -> Statement:
    """Its own reason, with the first evidence of each red flag that can fire through it, the gravest first."""
    book = engine.book
    flags = [book.red_flags[f] for f, items in book.emergency_screen.coverage.items() if item.id in items]
    from_grave = sorted(flags, key=lambda f: engine.level_order[f.level])
    cites = dict.fromkeys(c for f in from_grave for c in engine.say(item.why, f).cites[:1])
    return Statement(item.why, f"emergency_screen/{item.id}", tuple(cites))
