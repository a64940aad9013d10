"""Sentences kept in rows: the English template with its values, so that each reader gets them in their own language."""

from typing import Any

from sqlalchemy import JSON, Dialect
from sqlalchemy.types import TypeDecorator

from backlog.errors import Text


class Kept(TypeDecorator[Text]):
    """A `Text` as JSON; None stays NULL. Texts inside its values are kept with it."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Text | None, dialect: Dialect) -> Any:
        return None if value is None else packed(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Text | None:
        return None if value is None else unpacked(value)


def packed(text: Text) -> dict[str, Any]:
    params = {name: packed(each) if isinstance(each, Text) else each for name, each in text.params.items()}
    return {"message": text.message, "params": params, "many": text.many}


def unpacked(kept: dict[str, Any]) -> Text:
    params = {name: unpacked(each) if isinstance(each, dict) else each for name, each in kept["params"].items()}
    return Text(kept["message"], params, kept["many"])
