/** Foot pedals by WebHID, where the browser has it. A button that goes down is a key named "Pedal 1", "Pedal 2" … */
import { t } from "../words";

interface Device extends EventTarget {
  readonly opened: boolean;
  readonly productName: string;
  open(): Promise<void>;
}

interface Hid {
  getDevices(): Promise<Device[]>;
  requestDevice(options: { filters: object[] }): Promise<Device[]>;
}

interface Report extends Event {
  readonly reportId: number;
  readonly data: DataView;
}

function hid(): Hid | null {
  return (navigator as { hid?: Hid }).hid ?? null;
}

/** Numbers of the bits that went from 0 to 1. */
function pressed(before: Uint8Array, now: Uint8Array): number[] {
  const found: number[] = [];
  now.forEach((byte, index) => {
    const risen = byte & ~(before[index] ?? 0);
    for (let bit = 0; bit < 8; bit++) if (risen & (1 << bit)) found.push(8 * index + bit);
  });
  return found;
}

export class Pedals {
  constructor(private readonly down: (key: string) => void) {}

  get possible(): boolean {
    return hid() !== null;
  }

  /** Those that were allowed before; asks nobody. */
  async reconnect(): Promise<void> {
    for (const device of (await hid()?.getDevices()) ?? []) await this.listen(device);
  }

  /** Asks, by the browser's own dialog, which device it is; gives its name, or null where none was chosen. */
  async connect(): Promise<string | null> {
    const [device] = (await hid()?.requestDevice({ filters: [] })) ?? [];
    if (!device) return null;
    await this.listen(device);
    return device.productName || t("The pedal");
  }

  private async listen(device: Device): Promise<void> {
    if (device.opened) return;
    await device.open();
    const last = new Map<number, Uint8Array>();
    device.addEventListener("inputreport", (event) => {
      const { reportId, data } = event as Report;
      const now = new Uint8Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength));
      for (const bit of pressed(last.get(reportId) ?? new Uint8Array(), now)) this.down(`Pedal ${bit + 1}`);
      last.set(reportId, now);
    });
  }
}
