"""What guests typed is given back under words they know, and they are never sent to a sign-in they do not have."""

import httpx

from tests.web.clients import Served
from tests.web.test_rounds import katharina, opened, saying, terminal

__all__ = ["terminal"]


async def guest_of(served: Served) -> tuple[httpx.AsyncClient, httpx.AsyncClient, str]:
    lead, link = await opened(served)
    return lead, served.visitor(csrf=False), link


async def test_who_rates_after_the_end_reads_of_which_initiative_each_entry_was(terminal: Served) -> None:
    lead, guest, link = await guest_of(terminal)
    assert (await lead.post("/rounds/1/closing", data={"version": "1"})).status_code == 303

    late = await guest.post(link, data=saying(8.25, reason_1="The belt stood still twice."))

    assert late.status_code == 410
    assert ": Importance, Likely</label>" in late.text
    assert ": Why?</label>" in late.text
    assert "Importance 1" not in late.text


async def test_a_guests_form_without_its_version_comes_back_with_what_was_typed(terminal: Served) -> None:
    _, guest, link = await guest_of(terminal)

    answer = await guest.post(link, data={"importance_1_likely": "8.25", "reason_1": "Twice."})

    assert answer.status_code == 428
    assert 'value="8.25"' in answer.text
    assert "Twice." in answer.text
    assert "save it once more" in answer.text
    assert "Sign in" not in answer.text


async def test_so_does_that_of_somebody_who_is_signed_in(terminal: Served) -> None:
    await opened(terminal)
    invited = await katharina(terminal)

    answer = await invited.post("/rounds/1/ratings", data={"importance_1_likely": "8.25"})

    assert answer.status_code == 428
    assert 'value="8.25"' in answer.text
    assert "save it once more" in answer.text


async def test_low_alone_is_told_that_likely_is_missing(terminal: Served) -> None:
    _, guest, link = await guest_of(terminal)

    answer = await guest.post(link, data={"importance_1_low": "4", "version": "2"})

    assert answer.status_code == 422
    assert "Likely is missing." in answer.text
    assert 'value="4"' in answer.text
