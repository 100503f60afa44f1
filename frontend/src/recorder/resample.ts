/**
 * Samples at the microphone's rate become samples at 16 kHz, by a windowed sinc in as many phases as the two rates need
 * (Crochiere and Rabiner, Multirate Digital Signal Processing, 1983). Browsers' own conversion differs and may fold what lies
 * above 8 kHz back into speech.
 */

export const SAMPLING_RATE = 16_000;
const CROSSINGS = 24; // of zero, on each side: what lies above 8.5 kHz is 60 dB down
const CUTOFF = 0.94; // of the lower of the two half rates

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

/** Hann's window over a sinc: the weight of a sample `distance` samples away, which `scale` brings to crossings. */
function weight(distance: number, scale: number): number {
  const x = distance * scale;
  if (Math.abs(x) >= CROSSINGS) return 0;
  const sinc = x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
  return scale * sinc * (0.5 + 0.5 * Math.cos((Math.PI * x) / CROSSINGS));
}

/** The weights for each place that an output sample can have between two input samples. */
function filters(up: number, reach: number, scale: number): Float64Array[] {
  return Array.from({ length: up }, (_, phase) =>
    Float64Array.from({ length: 2 * reach }, (__, tap) => weight(tap - reach + 1 - phase / up, scale)),
  );
}

/** `samples` at `rate` Hz (a whole number) as samples at 16 kHz; of the same duration. */
export function resample(samples: Float32Array, rate: number): Float32Array {
  if (rate === SAMPLING_RATE) return samples;
  const common = divisor(rate, SAMPLING_RATE);
  const [up, down] = [SAMPLING_RATE / common, rate / common];
  const scale = CUTOFF * Math.min(1, SAMPLING_RATE / rate);
  const reach = Math.ceil(CROSSINGS / scale);
  const phases = filters(up, reach, scale);
  const out = new Float32Array(Math.floor((samples.length * up) / down));
  for (let n = 0; n < out.length; n++) {
    const weights = phases[(n * down) % up] as Float64Array;
    const first = Math.floor((n * down) / up) - reach + 1;
    let sum = 0;
    for (let tap = 0; tap < weights.length; tap++) sum += (weights[tap] as number) * (samples[first + tap] ?? 0);
    out[n] = sum;
  }
  return out;
}
