/**
 * The two elements that a product puts on its own page. One file in two parts: on the page it defines the elements; loaded once
 * more as the sound's worklet, it hands over samples. So a content policy needs `script-src` for this file, and no `blob:`.
 */
import { registerCapture } from "./recorder/capture";
import { ConsentElement } from "./recorder/consent";
import { RecorderElement } from "./recorder/recorder";

if ("customElements" in globalThis) {
  customElements.define("fairhearing-consent", ConsentElement);
  customElements.define("fairhearing-recorder", RecorderElement);
} else {
  registerCapture();
}
