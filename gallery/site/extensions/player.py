"""A series of drawings as a small player: an image, a slider, and a button.

The frames are images inside the page, so that nothing is loaded from anywhere, and there is a set
for pages of each theme, light or dark, and of each width, wide or narrow; their class `dark-light`
tells the theme to put no white ground behind them. Nothing moves until the reader starts it.
Readers who prefer reduced motion have no button: for them it is a still image, and a slider that
shows the others. Without scripts it is the still image alone: the frame that the figure itself
shows, or the last.

A lesson gives its figure the drawings, and the pages show the player in its place:

    figure = plot.figure(draw_last, alt="...")
    figure.frames = {"8 steps": draw_first, "16 steps": draw_last}

In a notebook, `Player(figure.frames, alt="...")` shows itself as the last line of a cell.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import matplotlib.pyplot as plt
from figures import THEMES, WIDTHS

from stochcalc import plot

Drawing = Callable[[Any], object]
DOTS_PER_INCH = {"wide": 120, "narrow": 160}
MILLISECONDS = 1000  # that a frame is shown

STYLE = """
.frames { margin: 1rem 0; max-width: 44rem; }
@media (max-width: 720px) { .frames { max-width: 30rem; } }
.frames img { width: 100%; height: auto; display: block; }
.frames-row { display: flex; gap: 0.75rem; align-items: center; flex-wrap: wrap; }
.frames-row input { flex: 1 1 12rem; min-width: 8rem; accent-color: currentColor; }
.frames-row button { font: inherit; padding: 0.25rem 0.9rem; min-height: 2rem; color: inherit;
  background: none; border: 1px solid currentColor; border-radius: 0.25rem; cursor: pointer; }
.frames-row :focus-visible { outline: 3px solid currentColor; outline-offset: 2px; }
.frames figcaption { margin: 0.25rem 0 0; text-align: start; color: inherit; }
@media (prefers-reduced-motion: reduce) { .frames-row button { display: none; } }
"""

SCRIPT = """
(() => {
  const data = DATA;
  const box = document.getElementById(data.id);
  if (!box || box.dataset.ready) return;
  box.dataset.ready = "yes";
  const [image, row, caption] = ["img", ".frames-row", "figcaption"].map(s => box.querySelector(s));
  const [button, slider] = ["button", "input"].map(s => row.querySelector(s));
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const narrow = matchMedia("(max-width: 720px)");
  let timer = 0;
  const isDark = () => {
    if (root.dataset.theme) return root.dataset.theme === "dark";
    const notebook = document.body.dataset.jpThemeLight;
    return notebook ? notebook === "false" : system.matches;
  };
  const show = () => {
    const i = Number(slider.value);
    const set = data.frames[narrow.matches ? "narrow" : "wide"][isDark() ? "dark" : "light"];
    image.src = set[i];
    image.alt = data.alt + " Shown: " + data.captions[i];
    caption.textContent = data.captions[i];
    slider.setAttribute("aria-valuetext", data.captions[i]);
  };
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    button.textContent = "Play";
    caption.setAttribute("aria-live", "polite");
  };
  const start = () => {
    if (still.matches) return;
    if (slider.value === slider.max) slider.value = 0;
    show();
    button.textContent = "Pause";
    caption.setAttribute("aria-live", "off");
    timer = setInterval(() => {
      slider.value = Number(slider.value) + 1;
      show();
      if (slider.value === slider.max) stop();
    }, data.milliseconds);
  };
  button.addEventListener("click", () => timer ? stop() : start());
  slider.addEventListener("input", () => { stop(); show(); });
  still.addEventListener("change", stop);
  system.addEventListener("change", show);
  narrow.addEventListener("change", show);
  new MutationObserver(show).observe(root, { attributeFilter: ["data-theme"] });
  box.hidden = row.hidden = false;
  show();
})();
"""


@dataclass(frozen=True)
class Player:
    """Drawings that a reader goes through; it shows itself in a notebook and in a page.

    Attributes
    ----------
    frames : mapping of str to callable
        For each frame its caption, and the function draw(ax) that draws it. Axes should have the
        same limits in all of them.
    alt : str
        What the series shows, in a sentence.
    still : int
        The number of the frame that is shown first; the last one by default.
    """

    frames: Mapping[str, Drawing]
    alt: str
    still: int = -1

    def _repr_html_(self) -> str:
        return play(self.frames, alt=self.alt, still=self.still)


def play(frames: Mapping[str, Drawing], *, alt: str, still: int = -1) -> str:
    """Return the HTML of a player.

    Parameters
    ----------
    frames : mapping of str to callable
        For each frame its caption, and the function draw(ax) that draws it.
    alt : str
        What the series shows, in a sentence.
    still : int
        The number of the frame that is shown first; the last one by default.

    Returns
    -------
    str
        A figure with its style and its script, without any link.

    Raises
    ------
    ValueError
        For fewer than two frames, or an `alt` that says nothing.
    """
    if len(frames) < 2:
        raise ValueError(f"a player needs two frames or more, got {len(frames)}")
    if not alt.strip():
        raise ValueError("alt must say in a sentence what the series shows")
    captions = list(frames)
    images = {
        width: {
            theme: [_encode(draw, width, theme) for draw in frames.values()] for theme in THEMES
        }
        for width in WIDTHS
    }
    light = images["wide"]["light"]
    name = "frames-" + hashlib.sha256("".join([alt, *light]).encode()).hexdigest()[:12]
    data = {
        "id": name,
        "alt": alt,
        "captions": captions,
        "frames": images,
        "milliseconds": MILLISECONDS,
    }
    script = SCRIPT.replace("DATA", json.dumps(data).replace("<", "\\u003c"))
    last = len(captions) - 1
    first = range(len(captions))[still]
    return (
        f'<style>{STYLE}</style><figure class="frames" id="{name}">'
        f'<img class="dark-light" src="{light[first]}" '
        f'alt="{escape(alt)} Shown: {escape(captions[first])}">'
        f'<div class="frames-row" hidden><button type="button">Play</button>'
        f'<input type="range" min="0" max="{last}" step="1" value="{first}" aria-label="Frame" '
        f'aria-valuetext="{escape(captions[first])}"></div>'
        f'<figcaption aria-live="polite">{escape(captions[first])}</figcaption></figure>'
        f"<script>{script}</script>"
    )


def embed(figure: Any) -> str:
    """Return reST with the player of a figure that has `.frames` and `.alt`.

    It is hidden until its script runs: without scripts the page shows the figure itself.
    """
    drawings = list(figure.frames.values())
    shown = getattr(figure, "redraw", None)
    still = drawings.index(shown) if shown in drawings else -1
    html = play(figure.frames, alt=figure.alt, still=still)
    html = html.replace('<figure class="frames"', '<figure class="frames" hidden')
    lines = [f"    {line}" for line in html.split("\n")]
    return "\n".join([".. raw:: html", "", *lines, ""])


def _encode(draw: Drawing, width: str, theme: str) -> str:
    """Draw a frame for pages of one width and one theme, and return it as a data URI.

    All frames of a width have the same size.
    """
    from PIL import features

    kind = "webp" if features.check("webp") else "png"
    options: dict[str, Any] = {}
    if kind == "webp":
        options["pil_kwargs"] = {"quality": 70, "method": 4}
    settings = {**WIDTHS[width], **THEMES[theme]}
    with plt.rc_context(settings):
        figure = plot.figure(draw, alt="a frame")
        buffer = io.BytesIO()
        with plot.style(), plt.rc_context({**settings, "savefig.bbox": "standard"}):
            dark = theme == "dark"
            figure.savefig(
                buffer, format=kind, dpi=DOTS_PER_INCH[width], transparent=dark, **options
            )
        plt.close(figure)
    text = base64.b64encode(buffer.getvalue()).decode()
    return f"data:image/{kind};base64,{text}"
