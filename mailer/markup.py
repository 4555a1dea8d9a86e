"""What a mail's HTML is made of, read as a mail program would: its tags, its styles, the words it shows."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from mailer.colours import BLACK, LINK, WHITE, Colour, colour_of

_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr")
)
_UNSEEN = frozenset(("head", "script", "style", "title", "template"))


@dataclass(frozen=True)
class Tag:
    """An opening tag: its name and attributes in lower case, its style by property."""

    name: str
    attributes: dict[str, str]
    style: dict[str, str]


@dataclass(frozen=True)
class Run:
    """Words a reader sees in one piece, and the colours they have by the styles within the tags."""

    words: str
    colour: Colour
    ground: Colour


@dataclass
class Markup:
    """What was found: every tag in order, every visible run, what stands in style sheets, strange colours."""

    tags: list[Tag] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)
    strange_colours: list[str] = field(default_factory=list)

    def named(self, *names: str) -> list[Tag]:
        """Return the tags of these names, in order."""
        return [tag for tag in self.tags if tag.name in names]


def markup_of(html: str) -> Markup:
    """Return what the HTML is made of; whatever it is, it is read somehow."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.found


def declarations(style: str) -> dict[str, str]:
    """Return a style attribute's declarations by property; the last of each counts."""
    pairs = (part.partition(":") for part in style.split(";"))
    return {name.strip().lower(): value.strip() for name, colon, value in pairs if colon}


@dataclass(frozen=True)
class _Open:
    """An element that is open, and what it hands down."""

    name: str
    colour: Colour = BLACK
    ground: Colour = WHITE
    is_seen: bool = True


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found = Markup()
        self._open = [_Open("")]

    def handle_starttag(self, name: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {key: value or "" for key, value in attrs}
        tag = Tag(name, attributes, declarations(attributes.get("style", "")))
        self.found.tags.append(tag)
        if name not in _VOID:
            self._open.append(self._opened(tag))

    def handle_endtag(self, name: str) -> None:
        places = [at for at, one in enumerate(self._open) if one.name == name]
        if places:
            del self._open[places[-1] :]

    def handle_data(self, words: str) -> None:
        here = self._open[-1]
        if here.name == "style":
            self.found.sheets.append(words)
        if here.is_seen and words.strip():
            self.found.runs.append(Run(words, here.colour, here.ground))

    def _opened(self, tag: Tag) -> _Open:
        around, style = self._open[-1], tag.style
        ground = style.get("background-color") or style.get("background") or tag.attributes.get("bgcolor", "")
        usual = LINK if tag.name == "a" and "href" in tag.attributes else around.colour
        hidden = style.get("display") == "none" or "hidden" in tag.attributes or tag.name in _UNSEEN
        return _Open(
            tag.name,
            self._colour(style.get("color") or tag.attributes.get("color", ""), usual),
            self._colour(ground, around.ground),
            around.is_seen and not hidden,
        )

    def _colour(self, said: str, usual: Colour) -> Colour:
        said = said.removesuffix("!important").strip()
        if said in ("", "none", "transparent", "inherit"):
            return usual
        colour = colour_of(said)
        if colour is None:
            self.found.strange_colours.append(said)
        return colour or usual
