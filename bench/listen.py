"""``listen``: from the key press to the sound, in a real Chromium at a reviewer's page, on loopback.

Two hundred clips are heard and answered by keyboard. Each is measured within the page: from the trusted ``keydown``'s
own time stamp to the audio element's ``playing``. *Prefetched* is the usual way: the sealed copy is there before the
clip is looked at. *Cold* is half as many clips more, whose sealed copy could not be fetched early (the page's first
request for it is made to fail), so that the press has to wait for it. Afterwards the log is asked for its listens.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import psycopg

from bench import machine, server
from bench.machine import percentile
from bench.options import Options, say
from fairhearing.home import Home
from fairhearing.home.postgres import locate

if TYPE_CHECKING:
    from playwright.sync_api import Page

CLIPS: Final = 200
LOOKS_MS: Final = 300  # how long somebody looks at a clip before they press
HEARS_MS: Final = 150  # and listens, before they answer
WARM: Final = 5  # clips that are heard before those that count

# Before the page's own scripts. ``late`` makes the fetching ahead fail until a key is pressed.
# Each clip waits for its key press here: the next one does not play by itself.
_IN_PAGE: Final = """
if (location.protocol.startsWith("http")) localStorage["fairhearing/preferences"] ??= '{"autoplay": false}';
const measured = { press: null, heard: [], listens: [], here: new Set(), plays: [], late: false };
window.measured = measured;
document.addEventListener("keydown", (event) => {
  if (event.isTrusted && event.key === " ") { measured.press = event.timeStamp; measured.late = false; }
}, true);
document.addEventListener("playing", () => {
  if (measured.press === null) return;
  measured.heard.push({ press: measured.press, playing: performance.now() });
  measured.press = null;
}, true);
new PerformanceObserver((list) => {
  for (const { name, startTime, responseEnd } of list.getEntries()) {
    if (name.includes("/sealed/")) measured.here.add(name.split("/").pop());
    if (name.endsWith("/plays")) measured.plays.push({ asked: startTime, answered: responseEnd });
  }
}).observe({ type: "resource", buffered: true });
const fetched = window.fetch;
window.fetch = async (address, options) => {
  const path = String(address);
  if (measured.late && path.includes("/sealed/")) throw new TypeError("too early");
  const answer = await fetched(address, options);
  if (path.endsWith("/plays") && answer.ok) answer.clone().json().then((play) => measured.listens.push(play.listen));
  return answer;
};
"""
_HERE: Final = "() => measured.here.has(document.getElementById('work').dataset.assignment)"
_HEARD: Final = "(number) => measured.heard.length === number && measured.listens.length === number"
_ANOTHER: Final = """(before) => { const { state, assignment } = document.getElementById("work").dataset;
  return state === "ready" && assignment !== before; }"""


@dataclass(frozen=True)
class Press:
    """One press, in milliseconds: until the server was asked, until it answered, until it sounded."""

    asked: float
    answered: float
    sounded: float

    @property
    def whole(self) -> float:
        """From the key to the sound."""
        return self.asked + self.answered + self.sounded


def run(options: Options) -> dict[str, Any]:
    """``--cases`` clips by the usual way, 200 without it, and half as many cold."""
    clips = options.given or CLIPS
    with server.temporary_home() as home:
        # Of two neighbours one is heard, so there are more than enough.
        say("making clips and a reviewer")
        made = server.in_process("bench.populate", home, {"clips": 6 * (clips + WARM), "reviewers": 1})
        with server.running(home) as running:
            pressed = _at_the_page(running.port, made, clips)
            database = locate(Home.from_environment(str(home))).url
            with psycopg.connect(database) as connection:
                rows = connection.execute("SELECT id FROM ledger_record WHERE kind = 'played'").fetchall()
    logged, heard = {str(row[0]) for row in rows}, pressed.pop("listens")
    begun = pressed.pop("begun")
    return {
        **pressed,
        "begun": begun,
        "logged": len(logged),
        "mismatch": len(logged ^ set(heard)) + abs(len(logged) - begun),
    }


def _at_the_page(port: int, made: dict[str, Any], clips: int) -> dict[str, Any]:
    from playwright.sync_api import sync_playwright

    from tests import chromium

    origin = f"http://localhost:{port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        context = browser.new_context(base_url=origin)
        context.set_default_timeout(30_000)
        context.add_init_script(_IN_PAGE)
        context.add_cookies([{"name": "session", "value": made["reviewers"][0]["session"], "url": origin}])
        page = context.new_page()
        page.goto(f"/review/{made['programme']}/")
        desk = Desk(page)
        desk.hear_several(WARM, late=False)
        say(f"{clips} clips, prefetched")
        prefetched = desk.hear_several(clips, late=False)
        say(f"{clips // 2} clips, cold")
        cold = desk.hear_several(clips // 2, late=True)
        found = {**_figures("prefetched", prefetched), **_figures("cold", cold), "browser": browser.version}
        found |= {"begun": desk.heard, "listens": page.evaluate("() => measured.listens")}
        browser.close()
    return found


class Desk:
    """The reviewer's page, by keyboard."""

    def __init__(self, page: "Page") -> None:
        self._page = page
        self.heard = 0

    def hear_several(self, clips: int, *, late: bool) -> list[Press]:
        """Hear and answer so many; those that lay here already when ``late`` began do not count."""
        fetched_before = 2 if late else 0
        for _ in range(fetched_before):
            self._hear_one(late=late, counted=False)
        return [self._hear_one(late=late) for _ in range(clips)]

    def _hear_one(self, *, late: bool, counted: bool = True) -> Press:
        page = self._page
        page.wait_for_function(_ANOTHER, arg="")
        assignment = page.locator("main#work").get_attribute("data-assignment")
        page.evaluate("(late) => { measured.late = late; }", late)
        if not late:
            page.wait_for_function(_HERE)
        elif counted and page.evaluate(_HERE):
            raise RuntimeError(f"the sealed copy of {assignment} was fetched early")
        page.wait_for_timeout(LOOKS_MS)
        page.keyboard.press("Space")
        self.heard += 1
        page.wait_for_function(_HEARD, arg=self.heard)
        page.wait_for_timeout(HEARS_MS)
        heard, play = page.evaluate("() => [measured.heard.at(-1), measured.plays.at(-1)]")
        page.evaluate("(late) => { measured.late = late; }", late)
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        page.wait_for_function(_ANOTHER, arg=assignment)
        asked, answered = play["asked"] - heard["press"], play["answered"] - play["asked"]
        return Press(asked, answered, heard["playing"] - play["answered"])


def _figures(way: str, presses: list[Press]) -> dict[str, Any]:
    whole = [one.whole for one in presses]
    steps = ("asked", "answered", "sounded")
    parts = {step: machine.median((getattr(one, step) for one in presses), 1) for step in steps}
    return {
        f"{way}_p50_ms": round(percentile(whole, 50), 1),
        f"{way}_p95_ms": round(percentile(whole, 95), 1),
        f"{way}_max_ms": round(max(whole), 1),
        f"{way}_clips": len(whole),
        f"{way}_parts_p50_ms": parts,
    }
