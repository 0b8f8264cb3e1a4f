// One IDE channel: two places for drives behind the command block and the control block, and the interrupt line they share.
// ATA/ATAPI-6, 7.2; only the selected drive answers.
import type {DeviceClock, Line, PortDevice, Width} from '../bus.ts';
import type {DiskUnit} from '../disk/disk.ts';
import {AtaDrive} from './drive.ts';
import {COMMAND, CONTROL_HOB, CONTROL_NIEN, CONTROL_RESET, DATA, DEVICE, DEVICE_SLAVE, ERROR, STATUS, STATUS_BSY} from './registers.ts';

export interface ChannelParts {
  /** First port of the command block; the control block's one port. */
  readonly commandPort: number;
  readonly controlPort: number;
  readonly clock: DeviceClock;
  readonly interrupt: Line;
  /** Master and slave; null = no drive there. */
  readonly drives: readonly [DiskUnit | null, DiskUnit | null];
  readonly dmaReady: () => void;
  /** The interrupt line rose, as the bus master's status shows it. */
  readonly raised: () => void;
}

export class IdeChannel {
  readonly device: PortDevice;
  #drives: ReadonlyArray<AtaDrive | null>;
  readonly #parts: ChannelParts;
  #selected = 0;
  #control = 0;
  #requested = false;

  constructor(parts: ChannelParts) {
    this.#parts = parts;
    this.#drives = parts.drives.map((unit, place) => unit && new AtaDrive(unit, parts.clock, {
      interrupt: () => this.#request(place),
      dmaReady: parts.dmaReady,
    }));
    const {commandPort, controlPort} = parts;
    this.device = {
      ports: [[commandPort, commandPort + 7], [controlPort, controlPort]],
      readPort: (port, width) => (port === controlPort ? this.#status() : this.#read(port - commandPort, width)),
      writePort: (port, width, value) => (port === controlPort ? this.#writeControl(value & 0xff) : this.#write(port - commandPort, width, value)),
    };
  }

  /** The drives are gone, as if they had never been there. */
  detach(): void {
    this.#drives = [null, null];
  }

  get selected(): AtaDrive | null {
    return this.#drives[this.#selected];
  }

  #read(register: number, width: Width): number {
    if (register === DATA) return this.selected?.readData(width) ?? 0;
    if (register === STATUS) {
      this.#setRequested(false);
      return this.#status();
    }
    const drive = this.selected;
    if (drive === null) return 0;
    if (register === ERROR) return drive.error;
    const value = drive.readRegister(register, (this.#control & CONTROL_HOB) !== 0);
    return register === DEVICE ? (value & ~DEVICE_SLAVE) | 0xa0 | (this.#selected << 4) : value;
  }

  /** Why: an empty place answers zeros, so a driver that looks for BSY does not wait for a drive that isn't there. */
  #status(): number {
    if (this.selected === null) return 0;
    return this.#inReset ? STATUS_BSY : this.selected.status;
  }

  /** ATA/ATAPI-6, 9.2: as long as SRST is set the drives are busy and take nothing. */
  get #inReset(): boolean {
    return (this.#control & CONTROL_RESET) !== 0;
  }

  /** Both drives take what is written to the task file; only the selected one takes commands and data. */
  #write(register: number, width: Width, value: number): void {
    if (this.#inReset) return;
    if (register === DATA) return this.selected?.writeData(width, value);
    this.#control &= ~CONTROL_HOB;
    if (register === COMMAND) {
      this.#setRequested(false);
      return this.selected?.command(value & 0xff);
    }
    if (register === DEVICE) this.#selected = (value & DEVICE_SLAVE) >>> 4;
    for (const drive of this.#drives) drive?.writeRegister(register, value & 0xff);
  }

  #writeControl(value: number): void {
    const resets = (value & CONTROL_RESET) !== 0 && !this.#inReset;
    this.#control = value;
    if (resets) {
      this.#selected = 0;
      this.#setRequested(false);
      for (const drive of this.#drives) drive?.reset();
    }
    this.#drive();
  }

  #request(place: number): void {
    if (place !== this.#selected) return;
    this.#setRequested(true);
    this.#parts.raised();
  }

  #setRequested(requested: boolean): void {
    this.#requested = requested;
    this.#drive();
  }

  #drive(): void {
    this.#parts.interrupt(this.#requested && (this.#control & CONTROL_NIEN) === 0);
  }
}
