/** The part that runs on the sound's own thread: it hands over each block of samples as it came. */

export const CAPTURE = "fairhearing-capture";

declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

/** For the worklet's scope alone, where this class has something to extend. */
export function registerCapture(): void {
  class Capture extends AudioWorkletProcessor {
    process(inputs: Float32Array[][]): boolean {
      const block = inputs[0]?.[0];
      if (block) this.port.postMessage(block.slice()); // the browser writes the next block into the same memory
      return true;
    }
  }
  registerProcessor(CAPTURE, Capture);
}
