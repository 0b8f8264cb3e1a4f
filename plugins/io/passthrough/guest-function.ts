// The configuration space that the guest sees of an assigned function. Base addresses, decoding, the interrupt line and where messages go are
// the guest's own and move nothing in the machine; what concerns the device alone goes through to it.
import {COMMAND, COMMAND_IO, COMMAND_MEMORY, PciFunction, STATUS} from 'worldswitch';
import type {AssignableFunction, BaseAddress} from 'worldswitch';
import {isMessageRegister, messageCapability} from './messages.ts';

/** The header ends here; behind it lie the device's own registers. */
const DEVICE_REGISTERS = 0x40;
const DECODING = COMMAND_IO | COMMAND_MEMORY;

export class GuestFunction extends PciFunction {
  readonly #real: PciFunction;
  readonly #messages: number;

  /** @param placed told where the guest decodes a base address, null when it does not */
  constructor({pci}: AssignableFunction, placed: (index: number, base: number | null) => void) {
    super(pci.identity, pci.baseAddresses.map((bar, index): BaseAddress | null => bar && {space: bar.space, size: bar.size, place: base => placed(index, base)}));
    this.#real = pci;
    this.config.set(pci.config);
    this.writable.set(pci.writable);
    this.#messages = messageCapability(pci);
    super.writeConfig(0, 0, 0);
  }

  /** Whether an interrupt is pending only the device knows. */
  override readConfig(offset: number, width: number): number {
    this.config[STATUS] = this.#real.config[STATUS];
    return super.readConfig(offset, width);
  }

  override writeConfig(offset: number, width: number, value: number): void {
    super.writeConfig(offset, width, value);
    for (let byte = 0; byte < width; byte++) this.#passOn((offset + byte) & 0xff, (value >>> (8 * byte)) & 0xff);
  }

  /** Why decoding is not passed on: the machine's own base addresses stay decoded where the host put them. */
  #passOn(offset: number, value: number): void {
    if (offset === COMMAND) this.#real.writeConfig(offset, 1, (value & ~DECODING) | (this.#real.config[COMMAND] & DECODING));
    else if (offset === COMMAND + 1 || (offset >= DEVICE_REGISTERS && !isMessageRegister(this.#messages, offset))) this.#real.writeConfig(offset, 1, value);
  }
}
