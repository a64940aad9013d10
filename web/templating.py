"""Templates: one environment, what every page knows, and how a page or a part of it becomes a response."""

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import nh3
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context, Macro
from litestar import Litestar, MediaType, Request, Response
from litestar.exceptions import NoRouteMatchFoundException
from litestar.utils.scope.state import ScopeState
from markdown_it import MarkdownIt
from markupsafe import Markup

from integrations.prose.markdown_bounds import TooMuch, bounded, parsed
from web import formats, locales, meanwhile
from web.answers import TOAST_COOKIE, carried_toast
from web.fragments import Fragments, include_once

HERE = Path(__file__).parent
COMPONENTS = ("marks", "charts", "forms", "parts")
CRITERIA = ("importance", "urgency", "maturity", "effort_benefit")
PLACES = (
    ("triage", "triage.index", "inbox"),
    ("backlog", "backlog.index", "list"),
    ("matrix", "matrix.index", "matrix"),
    ("touchpoints", "touchpoints.index", "flag"),
    ("journeys", "journeys.index", "map"),
)
"""The places of the main navigation in order: name, route, icon. A place without a route is left out."""

NAV: dict[str, Any] = {"waiting": 0, "conflicts": 0, "organisation": "", "scores_to": None, "trackers": ()}
"""What the frame shows when the request brings no ``state.nav``."""


REMEMBERED = {"icon", "heat", "move", "factor", "criterion", "stage", "stage_name", "dept", "sig", "place_name"}
"""Macros of few values that stand in every row: rendered once for each value and language."""


EVEN_RANKS = 60
FRAGMENTS = 8_000_000  # characters of parts of pages kept as rendered: rows of 1.5 KB, and whole lists


class Components:
    """Every macro under ``components/``, as ``ui.name(...)`` in any template, block or partial."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        for file in COMPONENTS:
            module = environment.get_template(f"components/{file}.html").module
            for name, value in vars(module).items():
                if isinstance(value, Macro):
                    setattr(self, name, remembered(value) if name in REMEMBERED else value)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"There is no component {name}")

    def factors(self, values: Any, urgency_note: str = "") -> Markup:
        """The four criteria of one initiative as bars; in Python because a list page has two hundred of them.
        ``urgency_note`` says where its urgency goes from here."""
        got, item = self._environment.getattr, self._environment.getitem
        given = [(name, item(values, name)) for name in CRITERIA]
        notes = {"urgency": urgency_note}
        bars = (
            self.factor(name, rounded(got(one, "value")), str(got(one, "origin")), notes.get(name, ""))
            for name, one in given
        )
        return Markup('<span class="factors">{}</span>').format(Markup("").join(bars))

    def depts(self, departments: Sequence[Any], most: int = 9) -> Markup:
        """Department codes, the lead filled; beyond ``most`` a count with the names."""
        got = self._environment.getattr
        known = [(str(got(one, "code")), str(got(one, "name")), bool(got(one, "lead"))) for one in departments]
        codes = [self.dept(*one) for one in known[:most]]
        if known[most:]:
            rest = ", ".join(name for _, name, _ in known[most:])
            codes.append(Markup('<abbr class="dept dept--more" title="{}">+{}</abbr>').format(rest, len(known[most:])))
        return Markup('<span class="depts">{}</span>').format(Markup("").join(codes))


def remembered(macro: Macro) -> Callable[..., Markup]:
    @lru_cache(maxsize=4096)
    def known(_locale: str, values: tuple[Any, ...], named: tuple[tuple[str, Any], ...]) -> Markup:
        return Markup(macro(*values, **dict(named)))  # noqa: S704 - a macro escapes what it is given

    return lambda *values, **named: known(locales.spoken.get(), values, tuple(named.items()))


def rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


class Pages:
    """The templates of one app. ``reload`` looks at the files again for each page, for work on them; ``compiled`` is what
    several apps share of the work on them."""

    def __init__(
        self,
        *,
        reload: bool = False,
        static_url: str = "/static",
        time_zone: str = "UTC",
        compiled: BytecodeCache | None = None,
    ) -> None:
        self.reload = reload
        self.compiled = compiled
        self.static_url = static_url
        self._versions: dict[str, str] = {}
        self.fragments = Fragments(FRAGMENTS)
        self.environment = self._environment(time_zone)
        self.environment.globals["ui"] = Components(self.environment)

    def _environment(self, time_zone: str) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=self.reload,
            bytecode_cache=self.compiled,
            extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"],
        )
        environment.policies["ext.i18n.trimmed"] = True
        environment.install_gettext_callables(  # type: ignore[attr-defined] # added by the i18n extension
            locales.gettext, locales.ngettext, newstyle=True, pgettext=locales.pgettext, npgettext=locales.npgettext
        )
        environment.globals |= {
            "_": sentence, "gettext": sentence,  # the same, in a fifth of the time
            "ngettext": counting(environment.globals["ngettext"]), "npgettext": counting(environment.globals["npgettext"]),
        }  # fmt: skip
        environment.filters |= {
            "number": formats.number, "typed": formats.typed, "signed": formats.signed, "points": formats.points,
            "percent": formats.percent, "chance": formats.chance, "day": formats.day, "month": formats.month, "ago": formats.ago,
            "recent_day": formats.recent_day, "began": meanwhile.written,
            "moment": formats.moment_in(formats.zone(time_zone)),
            "initials": formats.initials, "markdown": markdown, "text": locales.translated,
        }  # fmt: skip
        environment.globals |= {
            "static": self.static,
            "csrf": csrf,
            "LOCALES": locales.LOCALES,
            "step": step,
            "places_of": places_of,
        }
        environment.globals["include_once"] = include_once
        return environment

    def static(self, path: str) -> str:
        """The address of one of our files; it changes with the file, so browsers may keep it for ever."""
        if self.reload or path not in self._versions:
            file = HERE / "static" / path
            self._versions[path] = hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.is_file() else "missing"
        return f"{self.static_url}/{path}?v={self._versions[path]}"

    def render(self, request: Request[Any, Any, Any], template: str, block: str | None, values: dict[str, Any]) -> str:
        """The whole template, or one of its blocks alone, in the reader's language."""
        if self.reload:
            self.environment.globals["ui"] = Components(self.environment)
            self.fragments.clear()
        known = common(request) | {"fragments": self.fragments} | values
        found = self.environment.get_template(template)
        with locales.speaking(known["locale"]):
            if block is None:
                return found.render(known)
            return "".join(found.blocks[block](found.new_context(known)))


def page(
    request: Request[Any, Any, Any],
    template: str,
    *,
    status: int = 200,
    block: str | None = None,
    headers: Mapping[str, str] | None = None,
    **values: Any,
) -> Response[str]:
    """A template as an answer. With ``block`` only that block of it, for a region that htmx swaps."""
    pages: Pages = request.app.state.pages
    answer = Response(
        pages.render(request, template, block, values),
        status_code=status,
        media_type=MediaType.HTML,
        headers={"Vary": "HX-Request, Cookie, Accept-Language", **(headers or {})},
    )
    if block is None and TOAST_COOKIE in request.cookies:
        answer.delete_cookie(TOAST_COOKIE)
    return answer


partial = page
"""The same for a ``_partial.html``, which owns its root element and its id."""


def common(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """What every template may use without being given it. Complete even where nobody is signed in."""
    viewer = request.scope.get("user")
    address = Addresses(request.app)
    token = csrf_token(request)
    nav = request.scope.get("state", {}).get("nav")
    return {
        "request": request,
        "viewer": viewer,
        "nav": NAV | ((nav() if callable(nav) else nav) or {}),
        "locale": reader_locale(request, viewer),
        "theme": reader_theme(request, viewer),
        "csrf_token": token,
        "htmx_headers": json.dumps({"x-csrftoken": token}),
        "path": request.url.path,
        "url": address,
        "places": [place for place in PLACES if address.known(place[1])],
        "toast": carried_toast(request),
        "place": "",
    }


def reader_locale(request: Request[Any, Any, Any], viewer: Any) -> str:
    return locales.chosen(
        getattr(viewer, "locale", None),
        request.cookies.get("locale"),
        accept_language=request.headers.get("accept-language", ""),
    )


def reader_theme(request: Request[Any, Any, Any], viewer: Any) -> str | None:
    """``light`` or ``dark`` when chosen; None follows the system."""
    wish = getattr(viewer, "theme", None) or request.cookies.get("theme")
    return str(wish) if wish in ("light", "dark") else None


def csrf_token(request: Request[Any, Any, Any]) -> str:
    token = ScopeState.from_scope(request.scope).csrf_token
    return token if isinstance(token, str) else ""


class Addresses:
    """``url("initiatives.show", key="CX-12")`` in templates; ``query`` adds what is not None or empty."""

    def __init__(self, app: Litestar) -> None:
        self.app = app
        self._plain: dict[str, str] = app.state.setdefault("addresses", {})
        self._known: dict[str, bool] = app.state.setdefault("addresses_known", {})

    def __call__(self, name: str, query: Mapping[str, Any] | None = None, **params: Any) -> str:
        address = self.app.route_reverse(name, **params) if params else self._plain.get(name)
        if address is None:  # a page has dozens of these, and they stay as they are
            address = self._plain[name] = self.app.route_reverse(name)
        kept = [(key, v) for key, value in (query or {}).items() for v in _each(value) if v not in (None, "")]
        return f"{address}?{urlencode(kept)}" if kept else address

    def known(self, name: str) -> bool:
        """Whether there is such a route at all."""
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = self.app.get_handler_index_by_name(name) is not None
        return known

    def first(self, *names: str) -> str:
        """The first of these routes that exists and needs no values."""
        for name in names:
            if self.known(name):
                return self(name)
        raise NoRouteMatchFoundException(f"None of {', '.join(names)}")


def _each(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list | tuple | set | frozenset) else [value]


def counting(words: Any) -> Callable[..., str]:
    """``ngettext`` whose ``%(num)s`` is written as the reader's language writes numbers."""

    @pass_context
    def counted(context: Context, *texts: Any, **values: Any) -> str:
        said: str = words(context, *texts, **{"num": formats.number(texts[-1]), **values})
        return said

    return counted


def sentence(message: str, /, **values: Any) -> Markup:
    """A message in the reader's language, its values filled in and escaped."""
    locale = locales.spoken.get()
    return _template(locale, message) % values if values else _plain_sentence(locale, message)


@lru_cache(maxsize=4096)
def _template(_locale: str, message: str) -> Markup:
    return Markup(locales.gettext(message))  # noqa: S704 - our own words


@lru_cache(maxsize=4096)
def _plain_sentence(locale: str, message: str) -> Markup:
    return _template(locale, message) % {}


@pass_context
def csrf(context: Context) -> Markup:
    """The hidden input every form that changes something carries."""
    return Markup('<input type="hidden" name="_csrf_token" value="{}">').format(context["csrf_token"])


def step(score: float) -> int:
    """The colour step of a score 0 to 10: 1 below 4, then one for each point, 6 from 8 on."""
    return max(1, min(6, int(round(score, 1)) - 2))


def places_of(low: int, high: int, ranked: int) -> tuple[float, float]:
    """Where the ranks from low to high begin and end on an axis of so many, in percent. Up to 60 they stand at even
    distances; a longer axis is logarithmic, for what matters is near its beginning."""
    if ranked <= EVEN_RANKS:
        return 100 * (low - 1) / max(ranked, 1), 100 * high / max(ranked, 1)
    whole = math.log(ranked + 1)
    return 100 * math.log(low) / whole, 100 * math.log(high + 1) / whole


MOST_STEPS = 30_000  # as `integrations.prose.markdown_bounds` counts them, of one text among many on a page
_markdown = bounded(MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"]))


def markdown(text: str | None) -> Markup:
    """What people wrote, as safe HTML. Always rendered and then cleaned; what would cost too much is shown as it was
    written."""
    if not text:
        return Markup("")
    try:
        tokens = parsed(_markdown, text, MOST_STEPS)
    except TooMuch:
        return Markup("<pre>{}</pre>").format(text)
    rendered = _markdown.renderer.render(tokens, _markdown.options, {})
    return Markup(nh3.clean(rendered, tags=nh3.ALLOWED_TAGS - {"img"}, link_rel="nofollow noopener"))  # noqa: S704 - cleaned here


__all__ = ["Addresses", "Pages", "common", "markdown", "page", "partial", "step"]
