"""``keyboard``: a hundred clips at a reviewer's page by keys alone, in a real Chromium; the next clip plays by itself.

Each cycle is measured within the page: from the trusted ``keydown`` of Enter to the audio element's ``playing`` of the
next clip. Whatever a task of the page's takes beyond 50 ms is counted. The page's weight is the sum of everything that
it loads before the first clip is heard, compressed as a proxy before the server would (brotli is not of the standard
library, so: gzip); the sealed sound, which does not compress, is told apart.
"""

import gzip
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from bench import server
from bench.machine import percentile
from bench.options import Options, say

if TYPE_CHECKING:
    from playwright.sync_api import Page, Response

CLIPS: Final = 100
WARM: Final = 5
HEARS_MS: Final = 400  # how long somebody listens before they answer

# Before the page's own scripts.
_IN_PAGE: Final = """
const measured = { enter: null, heard: [], long: [], parts: [] };
window.measured = measured;
document.addEventListener("keydown", (event) => {
  if (event.isTrusted && event.key === "Enter") measured.enter = event.timeStamp;
}, true);
document.addEventListener("playing", () => {
  measured.heard.push(measured.enter === null ? null : performance.now() - measured.enter);
  measured.enter = null;
}, true);
new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries()) measured.long.push({ at: startTime, ms: duration });
}).observe({ type: "longtask", buffered: true });
new PerformanceObserver((list) => {
  for (const { name, duration } of list.getEntries()) {
    const call = /\\/review\\/(plays|judgements|next)$/.exec(name);
    if (call) measured.parts.push({ call: call[1], ms: duration });
  }
}).observe({ type: "resource", buffered: true });
"""
_PLAYING: Final = """(before) => { const { state, assignment } = document.getElementById("work").dataset;
  return state === "playing" && assignment !== before; }"""


def run(options: Options) -> dict[str, Any]:
    """``--cases`` clips, 100 without it."""
    clips = options.given or CLIPS
    with server.temporary_home() as home:
        # Of two neighbours one is heard, so there are more than enough.
        say("making clips and a reviewer")
        made = server.in_process("bench.populate", home, {"clips": 4 * (clips + WARM), "reviewers": 1})
        with server.running(home) as running:
            return _at_the_page(running.port, made, clips)


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
        weight = _opened(page, made["programme"])
        say(f"{clips} clips")
        found = _work(page, clips)
        version = browser.version
        browser.close()
    return {**weight, **found, "browser": version}


def _opened(page: "Page", programme: str) -> dict[str, float]:
    """Open the page; what it weighs, in thousands of bytes."""
    answers: list[Response] = []

    def came(answer: "Response") -> None:
        answers.append(answer)

    page.on("response", came)
    page.goto(f"/review/{programme}/")
    page.wait_for_load_state("networkidle")
    weights = {"page_kb": 0.0, "sealed_kb": 0.0}
    for answer in answers:
        if answer.status == 200:
            sealed = "/sealed/" in urlsplit(answer.url).path
            body = answer.body()
            weights["sealed_kb" if sealed else "page_kb"] += len(body if sealed else gzip.compress(body, 6)) / 1000
    return {name: round(weight, 1) for name, weight in weights.items()}


def _work(page: "Page", clips: int) -> dict[str, Any]:
    page.keyboard.press("Space")
    for _ in range(clips + WARM):
        page.wait_for_function(_PLAYING, arg="")
        page.wait_for_timeout(HEARS_MS)
        before = page.locator("main#work").get_attribute("data-assignment")
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        page.wait_for_function(_PLAYING, arg=before)
    page.wait_for_timeout(HEARS_MS)
    measured = page.evaluate("() => measured")
    times = [one for one in measured["heard"] if one is not None][WARM:]
    parts: dict[str, list[float]] = {}
    for one in measured["parts"]:
        parts.setdefault(one["call"], []).append(one["ms"])
    return {
        "enter_to_sound_p50_ms": round(percentile(times, 50), 1),
        "enter_to_sound_p95_ms": round(percentile(times, 95), 1),
        "enter_to_sound_max_ms": round(max(times), 1),
        "clips": len(times),
        "done": int(page.locator("#done-count").inner_text()),
        "requests_p50_ms": {call: round(percentile(several, 50), 1) for call, several in parts.items()},
        "long_tasks": len(measured["long"]),
        "long_tasks_ms": [[round(one["at"]), round(one["ms"])] for one in measured["long"]],
    }
