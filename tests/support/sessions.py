"""Sessions in chosen states, made over HTTP and handed to a browser as cookies."""

from collections.abc import Callable, Mapping

import httpx2
from playwright._impl._api_structures import SetCookieParam

from crampwise.assess.engine import engine_of
from tests.support.people import shipped, values_of
from tests.support.walker import Walker

Cookies = list[SetCookieParam]
NIGHT = {
    "sudden_painful_tightening": "yes",
    "site_calf": "yes",
    "occurs_at_night": "yes",
    "relieved_by_stretching": "yes",
    "age_years": "62",
}
CHEST = {"chest_pain": "yes", "chest_pain_now_at_rest": "yes", "chest_pressure_over_15_min": "yes"}


def walked(site: str, answers: Mapping[str, str], most: int = 60, clinician: bool = False) -> Cookies:
    """Answer the check up to its end, or so many screens of it."""
    with httpx2.Client(base_url=site, follow_redirects=True, headers={"Accept-Language": "en-GB"}) as client:
        if clinician:
            client.post("/clinician/start")
        walker = Walker(engine_of(shipped()), values_of(shipped(), answers))
        try:
            walker.walk(client, most)
        except AssertionError as error:
            assert "did not end" in str(error)
        return [{"name": c.name, "value": c.value or "", "url": site} for c in client.cookies.jar]


STATES: Mapping[str, Callable[[str], Cookies]] = {
    "nothing said": lambda _site: [],
    "at the medicines": lambda site: walked(site, NIGHT, 3),
    "half way": lambda site: walked(site, NIGHT, 5),
    "an emergency": lambda site: walked(site, CHEST),
    "a whole check": lambda site: walked(site, NIGHT),
    "a clinician": lambda site: walked(site, NIGHT, 5, clinician=True),
    "a clinician at the examination": lambda site: walked(site, NIGHT, 1, clinician=True),
}
