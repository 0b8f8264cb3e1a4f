// The M88E1000 PHY behind the MDIC register: a link that is always up at 1000 Mb/s, full duplex. Intel 317453, 13.4.6 MDI Control; IEEE 802.3,
// 22.2.4 Management functions.

const OPERATION_WRITE = 1, OPERATION_READ = 2;
const READY = 1 << 28, ERROR = 1 << 30;
const PHY_ADDRESS = 1;
const CONTROL = 0;
const CONTROL_SELF_CLEARING = 0x8200;

const INITIAL: ReadonlyArray<readonly [register: number, value: number]> = [
  [0, 0x1140], [1, 0x796d], [2, 0x0141], [3, 0x0c20], [4, 0x0de1], [5, 0x01e0], [6, 0x0001], [9, 0x0e00], [10, 0x3c00], [15, 0x3000], [16, 0x0360], [17, 0xac08], [20, 0x0d60],
];
const WRITABLE: ReadonlySet<number> = new Set([0, 4, 9, 16, 20, 29, 30]);

export class Phy {
  readonly #registers = new Uint16Array(32);

  constructor() {
    for (const [register, value] of INITIAL) this.#registers[register] = value;
  }

  /** What MDIC reads after a command was written to it. */
  command(value: number): number {
    const register = (value >>> 16) & 31;
    const operation = (value >>> 26) & 3;
    if (((value >>> 21) & 31) !== PHY_ADDRESS) return value | READY | ERROR;
    if (operation === OPERATION_WRITE) this.#write(register, value & 0xffff);
    else if (operation !== OPERATION_READ) return value | READY | ERROR;
    return (value & 0x0fff_0000) | READY | this.#registers[register];
  }

  #write(register: number, value: number): void {
    if (!WRITABLE.has(register)) return;
    this.#registers[register] = register === CONTROL ? value & ~CONTROL_SELF_CLEARING : value;
  }
}
