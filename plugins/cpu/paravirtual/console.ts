// The console: console_io writes straight through, as a debugging hypervisor lets every domain; the shared ring of the domain's own
// console is emptied whenever its port is notified. Xen, public/io/console.h.
import {CONSOLE_PORT, ENOSYS, hpa} from 'worldswitch';
import type {Domain, EventChannels} from 'worldswitch';

const WRITE = 0, READ = 1;
const DEBUG_CONSOLE = 0xe9;
/** struct xencons_interface: 1024 bytes in, 2048 out, then in_cons, in_prod, out_cons, out_prod. */
const OUT = 1024, OUT_BYTES = 2048, OUT_CONSUMER = 3080, OUT_PRODUCER = 3084;

export class DomainConsole {
  readonly #domain: Domain;

  constructor(domain: Domain, events: EventChannels) {
    this.#domain = domain;
    events.onNotified.set(CONSOLE_PORT, () => {
      this.drain();
      events.raisePort(CONSOLE_PORT);
    });
  }

  operate(command: number, count: number, buffer: number): number {
    if (command === READ) return 0;
    if (command !== WRITE) return -ENOSYS;
    for (let done = 0; done < count; done += 4096) {
      for (const byte of this.#domain.copy.read(buffer + done, Math.min(4096, count - done))) this.#print(byte);
    }
    return 0;
  }

  /** Takes everything from the ring; a producer that claims more than it holds is not believed. */
  drain(): void {
    const consumer = this.#word(OUT_CONSUMER);
    const waiting = (this.#word(OUT_PRODUCER) - consumer) >>> 0;
    if (waiting > OUT_BYTES) return;
    for (let at = 0; at < waiting; at++) {
      const index = OUT + ((consumer + at) & (OUT_BYTES - 1));
      this.#print((this.#word(index & ~3) >>> (8 * (index & 3))) & 0xff);
    }
    this.#domain.vmm.platform.memory.write32(this.#at(OUT_CONSUMER), consumer + waiting);
  }

  #print(byte: number): void {
    this.#domain.vmm.platform.devices.ports.write(DEBUG_CONSOLE, 1, byte);
  }
  #word(offset: number): number {
    return this.#domain.vmm.platform.memory.read32(this.#at(offset));
  }
  #at(offset: number): ReturnType<typeof hpa> {
    return hpa(this.#domain.start.consoleFrame * 4096 + offset);
  }
}
