"""Passwords: hashed, and checked as slowly for nobody as for somebody."""

from backlog.people import passwords


async def test_a_hash_fits_its_password_alone() -> None:
    known = await passwords.hashed("small steps")

    assert known.startswith("$argon2id$")
    assert await passwords.matches("small steps", known)
    assert not await passwords.matches("large steps", known)


async def test_nobody_has_the_password_that_unknown_names_are_checked_against() -> None:
    assert not await passwords.matches("nobody has this password", None)


async def test_a_password_of_a_million_characters_is_not_even_hashed() -> None:
    assert not await passwords.matches("x" * 1_000_000, None)
    assert passwords.problem("x" * 1_001) is not None
