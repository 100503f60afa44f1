/** The microphone, open only while somebody talks, and the signal that goes with it. */
import { CAPTURE } from "./capture";
import { resample, SAMPLING_RATE } from "./resample";

/** What a recording says of the signal (`indicator` in a manifest line). */
export const INDICATOR = "sign and tone";
const OPENED = 880; // Hz
const CLOSED = 440;
const TONE_S = 0.12;
const SOUNDS_WITHIN = 3000; // ms; a browser that lets the page make no sound says nothing

/** The tone could not be sounded, so nothing was recorded. */
export class SignalFailed extends Error {
  override name = "SignalFailed";
}

interface Hearing {
  /** The browser gave the microphone; nothing is kept yet. */
  opened(): void;
  /** A block was kept: its level, root mean square, 0…1. */
  heard(level: number): void;
  /** The device went away. */
  lost(): void;
}

export class Microphone {
  readonly #stream: MediaStream;
  readonly #context: AudioContext;
  readonly #blocks: Float32Array[] = [];
  #frames = 0;

  private constructor(stream: MediaStream, context: AudioContext) {
    this.#stream = stream;
    this.#context = context;
  }

  /**
   * Open it, sound the tone and keep what is said from then on. Fails with a DOMException where the browser gives none, and
   * with SignalFailed where the page may make no sound; then it is closed again.
   */
  static async open(worklet: string, { opened, heard, lost }: Hearing): Promise<Microphone> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true } });
    opened();
    const context = new AudioContext();
    const microphone = new Microphone(stream, context);
    try {
      await microphone.#begin(worklet, heard);
    } catch (error) {
      microphone.#release();
      throw error;
    }
    for (const track of stream.getTracks()) track.addEventListener("ended", lost);
    return microphone;
  }

  async #begin(worklet: string, heard: Hearing["heard"]): Promise<void> {
    await Promise.all([this.#context.audioWorklet.addModule(worklet), this.#sounding()]);
    this.#tone(OPENED);
    const mono = { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" } as const;
    const capture = new AudioWorkletNode(this.#context, CAPTURE, mono);
    capture.port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
      this.#blocks.push(data);
      this.#frames += data.length;
      heard(Math.sqrt(data.reduce((sum, one) => sum + one * one, 0) / data.length));
    };
    this.#context.createMediaStreamSource(this.#stream).connect(capture);
  }

  async #sounding(): Promise<void> {
    const failed = new SignalFailed("the page may make no sound");
    const silent = new Promise((_, refuse) => setTimeout(refuse, SOUNDS_WITHIN, failed));
    await Promise.race([this.#context.resume(), silent]);
  }

  #tone(frequency: number): AudioScheduledSourceNode {
    const now = this.#context.currentTime;
    const [oscillator, gain] = [this.#context.createOscillator(), this.#context.createGain()];
    oscillator.frequency.value = frequency;
    gain.gain.setValueAtTime(0, now);
    gain.gain.linearRampToValueAtTime(0.15, now + 0.01); // a step would click
    gain.gain.linearRampToValueAtTime(0, now + TONE_S);
    oscillator.connect(gain).connect(this.#context.destination);
    oscillator.start(now);
    oscillator.stop(now + TONE_S);
    return oscillator;
  }

  /** Seconds kept so far. */
  get seconds(): number {
    return this.#frames / this.#context.sampleRate;
  }

  /** Close it, sound the lower tone, and give what was kept, at 16 kHz. */
  close(): Float32Array {
    for (const track of this.#stream.getTracks()) track.stop();
    this.#tone(CLOSED).addEventListener("ended", () => void this.#context.close());
    const kept = new Float32Array(this.#frames);
    this.#blocks.reduce((at, block) => (kept.set(block, at), at + block.length), 0);
    return resample(kept, this.#context.sampleRate);
  }

  #release(): void {
    for (const track of this.#stream.getTracks()) track.stop();
    void this.#context.close();
  }
}

export { SAMPLING_RATE };
