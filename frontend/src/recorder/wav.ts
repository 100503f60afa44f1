/** Samples as a WAV file (RIFF): one channel, 16 bits, little-endian. */

const HEADER = 44; // bytes

function label(view: DataView, at: number, text: string): void {
  for (let n = 0; n < text.length; n++) view.setUint8(at + n, text.charCodeAt(n));
}

/** `samples` in −1…1, mono, at `rate` Hz; what is louder is clipped. */
export function wav(samples: Float32Array, rate: number): ArrayBuffer {
  const size = samples.length * 2;
  const view = new DataView(new ArrayBuffer(HEADER + size));
  label(view, 0, "RIFF");
  view.setUint32(4, HEADER - 8 + size, true);
  label(view, 8, "WAVEfmt ");
  view.setUint32(16, 16, true); // bytes of what follows, up to "data"
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // channels
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true); // bytes a second
  view.setUint16(32, 2, true); // bytes a frame
  view.setUint16(34, 16, true); // bits
  label(view, 36, "data");
  view.setUint32(40, size, true);
  samples.forEach((one, n) => view.setInt16(HEADER + 2 * n, Math.round(Math.max(-1, Math.min(1, one)) * 0x7fff), true));
  return view.buffer as ArrayBuffer;
}
