"""The elements on a product's own page: what is said arrives as it was said, with the answer that holds."""

import io
import json
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Condition, Thread
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from fairhearing.capture import incoming
from fairhearing.consent.models import Purpose
from tests import chromium
from tests.browser.test_pages import look_at
from tests.browser.watching import ROOT, Watched, tab_to

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SCRIPT = ROOT / "src" / "fairhearing" / "web" / "static" / "dist" / "recorder.js"
POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'"
KEY = "5e" * 32
PAGE = """<!doctype html><html lang="{lang}" dir="{dir}"><title>Kettle</title><main><h1>Kettle</h1>
<fairhearing-recorder upload-url="/voice" mode="{mode}" queue="wren"><fairhearing-consent notice="kettle-review-1">
<p>People listen to your recordings.</p></fairhearing-consent></fairhearing-recorder></main>
<script src="/recorder.js" defer></script></html>"""
# A microphone of our own: a tone, and another that 16 kHz cannot hold and that must not fold back to 5 kHz.
TWO_TONES = """() => { navigator.mediaDevices.getUserMedia = async () => {
  const context = new AudioContext({ sampleRate: 48000 });
  const to = context.createMediaStreamDestination();
  window.hush = () => context.suspend();
  for (const frequency of [1000, 11000]) {
    const one = new OscillatorNode(context, { frequency });
    one.connect(new GainNode(context, { gain: 0.3 })).connect(to);
    one.start();
  }
  return to.stream;
}; }"""
# Which tones the page sounded, and which microphones it was given.
SIGNALS = """
window.tones = []; window.given = [];
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) {
  tones.push(this.frequency.value); return start.apply(this, when);
};
const ask = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);
if (ask) navigator.mediaDevices.getUserMedia = async (what) => {
  const stream = await ask(what); given.push(...stream.getTracks()); return stream;
};
"""
KEPT = """(seconds) => new Promise((done) => {
  const recorder = document.querySelector("fairhearing-recorder");
  const look = () => (recorder.seconds > seconds ? done() : requestAnimationFrame(look));
  look();
})"""
# The meter is inside, where the page's own style and scripts reach it by the shadow root alone.
LOUD = """() => new Promise((done) => {
  const meter = document.querySelector("fairhearing-recorder").shadowRoot.querySelector("meter");
  const look = () => (meter.value > 0.05 ? done() : requestAnimationFrame(look));
  look();
})"""
TALK = "fairhearing-recorder [part=talk]"
SIGN = "fairhearing-recorder [part=sign]"


@dataclass
class Product:
    """A product's server: its page, and the endpoint that its recordings go to."""

    origin: str = ""
    answers: list[int] = field(default_factory=list)
    came: list[tuple[str, dict[str, Any], bytes]] = field(default_factory=list)
    changed: Condition = field(default_factory=Condition)

    def take(self, key: str, metadata: dict[str, Any], audio: bytes) -> int:
        with self.changed:
            self.came.append((key, metadata, audio))
            self.changed.notify_all()
            return self.answers.pop(0) if self.answers else 201

    def wait(self, count: int) -> tuple[str, dict[str, Any], bytes]:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.came) >= count, timeout=30), "nothing came"
        assert len(self.came) == count
        return self.came[-1]


def _handler(product: Product) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            mode, _, lang = self.path.removeprefix("/").partition("/")
            if self.path == "/recorder.js":
                self._answer(200, "text/javascript", SCRIPT.read_bytes())
            elif lang:
                page = PAGE.format(mode=mode, lang=lang, dir="rtl" if lang == "ar" else "ltr")
                self._answer(200, "text/html", page.encode())
            else:
                self._answer(200, "image/png", b"")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
            parts = BytesParser(policy=HTTP).parsebytes(head + body).iter_parts()
            form = {part["Content-Disposition"].params["name"]: part.get_content() for part in parts}
            metadata = form["metadata"]
            status = product.take(self.headers["Idempotency-Key"], json.loads(metadata), form["audio"])
            self._answer(status, "application/json", b"{}")

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


@pytest.fixture
def product() -> Iterator[Product]:
    product = Product()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(product)) as server:
        product.origin = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield product
        server.shutdown()


@pytest.fixture(scope="module")
def speaking(browser: "Browser") -> Iterator["Browser"]:
    """A browser whose microphone beeps."""
    path = chromium.find()
    assert path
    arguments = [*chromium.ARGUMENTS, "--use-fake-device-for-media-stream"]
    launched = browser.browser_type.launch(executable_path=Path(path), args=arguments)
    yield launched
    launched.close()


@pytest.fixture
def visit(speaking: "Browser", product: Product) -> Iterator[Watched]:
    watched = Watched(speaking, product.origin)
    watched.context.add_init_script(SIGNALS)
    yield watched
    watched.close()


def talk(page: "Page", seconds: float = 0.5) -> None:
    """Hold Space until so much was kept."""
    page.locator(TALK).focus()
    page.keyboard.down("Space")
    page.evaluate(KEPT, seconds)
    page.keyboard.up("Space")
    page.wait_for_selector('fairhearing-recorder[state="closed"]')


def samples(audio: bytes) -> "np.ndarray[Any, np.dtype[np.float64]]":
    with wave.open(io.BytesIO(audio)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 16_000)
        return np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2") / 32768


def accepted(metadata: dict[str, Any]) -> incoming.Incoming:
    """As the platform reads it, once the product has added whose it is."""
    return incoming.parse({**metadata, "speaker_key": KEY})


def test_what_is_said_arrives_with_its_sign_its_tones_and_the_answer(visit: Watched, product: Product) -> None:
    page = visit.page()
    page.goto("/push-to-talk/en")
    yes, no = page.locator("[part=yes]"), page.locator("[part=no]")
    assert yes.bounding_box()["width"] == no.bounding_box()["width"]  # type: ignore[index]
    page.locator(TALK).dispatch_event("click")  # as a screen reader presses it
    page.get_by_text("The microphone was not allowed.").wait_for()
    assert page.locator(SIGN).is_hidden()
    assert page.evaluate("[tones.length, given.length]") == [0, 0]
    visit.context.grant_permissions(["microphone"])
    tab_to(page, page.locator("[part=yes]"))
    page.keyboard.press("Enter")
    page.get_by_text("Your answer: yes, people may listen.").wait_for()
    tab_to(page, page.locator(TALK))
    page.keyboard.down("Space")
    page.evaluate(KEPT, 0.5)
    page.evaluate(LOUD)
    assert page.locator(SIGN).inner_text() == "The microphone is open"
    assert page.evaluate("tones") == [880]
    look_at(page, "recorder-open")
    page.keyboard.up("Space")
    _, metadata, audio = product.wait(1)
    page.get_by_text("Sent.").wait_for()
    assert page.locator(SIGN).is_hidden()
    assert page.evaluate("[tones, given.map((one) => one.readyState)]") == [[880, 440], ["ended"]]
    sound = samples(audio)
    assert len(sound) > 8_000
    assert np.abs(sound).max() > 0.05
    read = accepted(metadata)
    assert (read.language, read.trigger, read.indicator) == ("en", "push_to_talk", "sign and tone")
    said = read.channels[0].consent
    assert said.given == {purpose: purpose is Purpose.HUMAN_REVIEW for purpose in Purpose}
    assert (said.notice, said.language, said.method) == ("kettle-review-1", "en", "click")
    assert visit.complaints() == []


def test_what_could_not_be_sent_waits_and_a_no_overtakes_it(visit: Watched, product: Product) -> None:
    page = visit.page()
    page.goto("/push-to-talk/en")
    page.evaluate(TWO_TONES)
    page.locator("[part=yes]").click()
    visit.context.set_offline(True)
    talk(page)
    page.get_by_text("Kept on this device until it can be sent: 1").wait_for()
    page.locator("[part=change]").click()
    page.locator("[part=no]").click()
    product.answers.append(503)
    visit.context.set_offline(False)
    first, _, _ = product.wait(1)
    again, metadata, audio = product.wait(2)  # by itself
    assert again == first
    assert not any(accepted(metadata).channels[0].consent.given.values())
    sound = samples(audio)[2000:6000]
    heard = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))  # 4 Hz a bin
    assert heard.argmax() * 4 == 1000
    assert heard[1200:1300].max() < heard.max() / 1000
    assert visit.complaints(allow="503|ERR_INTERNET_DISCONNECTED") == []


def test_what_waits_outlives_the_page_until_the_speaker_discards_it(visit: Watched, product: Product) -> None:
    page = visit.page()
    page.goto("/push-to-talk/en")
    visit.context.grant_permissions(["microphone"])
    product.answers += [503] * 20
    talk(page)
    page.locator("[part=discard]").wait_for()
    page.goto("/wake-word/ar")
    page.get_by_text("محفوظ على هذا الجهاز حتى يمكن إرساله: 1").wait_for()
    look_at(page, "recorder-waiting-ar")
    page.locator("[part=discard]").click()
    page.get_by_text("حُذف.").wait_for()
    product.answers.clear()
    product.came.clear()
    page.evaluate(TWO_TONES)
    page.locator("fairhearing-recorder").evaluate("(one) => one.start({ trigger: 'wake_word', wake_word: 'kettle' })")
    page.evaluate(KEPT, 0.1)
    page.evaluate("hush()")  # and it closes by itself
    _, metadata, _ = product.wait(1)
    assert metadata["activation"] == {"trigger": "wake_word", "wake_word": "kettle"}
    assert "consent" not in metadata  # nobody answered, so nobody agreed
    assert visit.complaints(allow="503") == []
