"""What a reader can move on each page of the sandbox, and which values it takes.

A field is a list of choices in order, which a slider goes through, or the key of a motion. Values
are texts, since they stand in the address of a page: "8/16" is the number 1/2. Python and the page
both read this table; it is written into the page (see `builder`).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from stochcalc.engine.words import show, suggest

LARGEST_KEY = 2**64 - 1


@dataclass(frozen=True)
class Field:
    """One thing that a reader can move.

    Attributes
    ----------
    name : str
        Its name in an address and in Python.
    label : str
        Its name on the page.
    initial : str
        The value that is shown first.
    choices : tuple of str
        The values that it takes, in order; empty for a key, which is any integer of 64 bits.
    """

    name: str
    label: str
    initial: str
    choices: tuple[str, ...] = ()

    def read(self, value: object) -> str:
        """Return the choice that a text or a number stands for.

        Raises
        ------
        ValueError
            If it stands for none.
        """
        if not self.choices:
            return self._read_key(value)
        text = str(value)
        if text in self.choices:
            return text
        wanted = _read_number(text)
        if wanted is not None:
            for choice in self.choices:
                if _read_number(choice) == wanted:
                    return choice
        problem = f"{self.name}={show(value)} must be {self.describe()}"
        raise ValueError(problem + self._suggest(text, wanted))

    def describe(self) -> str:
        """Say which values the field takes."""
        if not self.choices:
            return f"an integer from 0 to {LARGEST_KEY}"
        if len(self.choices) <= 6:
            return "one of " + ", ".join(self.choices)
        return f"one of {', '.join(self.choices[:3])}, ..., {self.choices[-1]}"

    def _suggest(self, text: str, wanted: Fraction | None) -> str:
        """Return "; 5/16 is the nearest" for a number, or "; did you mean 'w^2'?" for a text."""
        numbers = [_read_number(choice) for choice in self.choices]
        if wanted is None or None in numbers:
            return suggest(text, self.choices)
        distances = [abs(number - wanted) for number in numbers if number is not None]
        return f"; {self.choices[distances.index(min(distances))]} is the nearest"

    def _read_key(self, value: object) -> str:
        """Return the text of a key."""
        text = str(value)
        is_whole = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_KEY))
        if not is_whole or int(text) > LARGEST_KEY:
            raise ValueError(f"{self.name}={show(value)} must be {self.describe()}")
        return str(int(text))


@dataclass(frozen=True)
class Page:
    """A page of the sandbox.

    Attributes
    ----------
    name : str
        Its name in Python and on the command line; its script is `scripts/NAME.js`.
    title : str
        The claim that it shows.
    text : str
        What it shows, in a sentence or two.
    fields : tuple of Field
        What a reader can move.
    """

    name: str
    title: str
    text: str
    fields: tuple[Field, ...]

    def read_state(self, values: dict[str, object]) -> dict[str, str]:
        """Return the value of every field: the given ones, and the first ones of the others.

        Raises
        ------
        TypeError
            If the page has no field of a given name.
        ValueError
            If a field does not take a value.
        """
        names = [field.name for field in self.fields]
        for name in values:
            if name not in names:
                hint = suggest(name, names)
                takes = f"the page {self.name!r} takes {', '.join(names)}"
                raise TypeError(f"{takes}; it has no {name!r}{hint}")
        return {
            field.name: field.read(values.get(field.name, field.initial)) for field in self.fields
        }


def _read_number(text: str) -> Fraction | None:
    """Return the number of a text such as "8/16" or "0.5"; None for other texts.

    Exponents are not read: 1e999999999 is a fraction of as many digits.
    """
    if "e" in text.lower():
        return None
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        return None


def find_page(name: object) -> Page:
    """Return the page of a name.

    Raises
    ------
    ValueError
        If there is none.
    """
    if isinstance(name, str) and name in PAGES:
        return PAGES[name]
    hint = suggest(name, list(PAGES)) if isinstance(name, str) else ""
    raise ValueError(f"page={show(name)} must be one of {', '.join(PAGES)}{hint}")


_KEY = Field("key", "Key of the paths", "7")
_SIXTEENTHS = tuple(f"{k}/16" for k in range(17))
_POWERS = tuple(str(2**k) for k in range(1, 11))
_EVEN_PERCENTS = tuple(str(percent) for percent in range(0, 101, 2))

_PAGES = (
    Page(
        name="lambda",
        title="A stochastic integral depends on where the integrand is read",
        text="Read f at t + λh in every step from t to t + h. The Riemann sum R of f(W) dW on "
        "[0, 1] tends to F(W₁) − F(0) + (λ − ½) ∫ f′(W) dt, where F′ = f: move λ, and see that it "
        "is λ − ½, not λ + ½.",
        fields=(
            _KEY,
            Field("lam", "Evaluation point λ", "8/16", _SIXTEENTHS),
            Field("n", "Steps of the partition", "16", _POWERS),
            Field("f", "Integrand f", "w", ("w", "w^2", "w^3", "e^w", "sin w")),
            Field("at", "Where f is read", "time", ("time", "value")),
        ),
    ),
    Page(
        name="schemes",
        title="Halve the step, and the error falls by √2, by 2 or by √8",
        text="Euler–Maruyama, Milstein, sriw1 (a Runge–Kutta scheme of order 3/2) and the exact "
        "solution, along one path. The strong error is the root mean square of the error at T = 1 "
        "over all paths: move the number of steps.",
        fields=(
            _KEY,
            Field("n", "Steps of length h = 1/n", "16", _POWERS),
            Field("eq", "Equation", "gbm", ("gbm", "arctan")),
        ),
    ),
    Page(
        name="particles",
        title="Annealing moves mass between modes, up to a bias that is known",
        text="A mixture of two Gaussians, sampled by its exact score ∇ log p in three ways. Move "
        "the time.",
        fields=(
            Field("key", "Key of the noise", "7"),
            Field("time", "Time, % of the steps", "100", _EVEN_PERCENTS),
            Field("way", "Way to sample", "annealed", ("annealed", "backwards", "plain")),
            Field("n", "Steps", "1000", ("10", "20", "50", "100", "200", "500", "1000")),
            Field("start", "Start", "noise", ("noise", "data")),
        ),
    ),
    Page(
        name="variation",
        title="Squares of increments add up to the time, unless the partition looks at the path",
        text="Sums of |ΔW|, ΔW² and |ΔW|³ over the steps of a partition of [0, T], T = 1, on one "
        "path. Refine it, or keep only the points at which the path on it turns.",
        fields=(
            _KEY,
            Field("n", "Steps of the partition", "64", _POWERS),
            Field("grid", "Points of the partition", "even", ("even", "turns")),
        ),
    ),
)
# The pages by their names.
PAGES: dict[str, Page] = {page.name: page for page in _PAGES}
