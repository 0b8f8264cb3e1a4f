// Privileged instructions that Xen carries out for a kernel in ring 1 which was not changed everywhere. Ports are nobody's: with the
// I/O privilege a guest may ask for they read as ones. Xen 3, arch/x86/traps.c, emulate_privileged_op.
import {BAD_POINTER, CR0_TS, CS, decode, EAX, ECX, EDX, EINVAL, loadCr0, MACHINE_MAP_START, MAX_LENGTH, timeStamp} from 'worldswitch';
import type {Domain, Instruction} from 'worldswitch';

const MSR_TSC = 0x10;
/** `ud2` followed by "xen" stands before an instruction that would run natively. */
const FORCED_PREFIX = [0x0f, 0x0b, 0x78, 0x65, 0x6e];
const CPUID = [0x0f, 0xa2];

export class PrivilegedInstructions {
  readonly #domain: Domain;
  /** The ring up to which ports and CLI are allowed, as physdev_op sets it. */
  iopl = 0;
  #cr4 = 0;
  readonly debug = new Int32Array(8);

  constructor(domain: Domain) {
    this.#domain = domain;
  }

  /** Carries out the instruction at EIP; its length, or 0 when it is the guest's fault. */
  emulate(): number {
    const instruction = this.instruction();
    if (instruction === null) return 0;
    return this.#allowedPort(instruction) || this.#allowedSystem(instruction) ? instruction.next - this.#domain.vmm.cpu.eip : 0;
  }

  /** Bytes of the CPUID that is forced into Xen, 0 when there is none at EIP. */
  forcedCpuid(): number {
    const wanted = [...FORCED_PREFIX, ...CPUID];
    const bytes = this.#bytes(wanted.length);
    return bytes.length === wanted.length && wanted.every((byte, at) => bytes[at] === byte) ? wanted.length : 0;
  }

  instruction(): Instruction | null {
    const {cpu} = this.#domain.vmm;
    const bytes = this.#bytes(MAX_LENGTH);
    const decoded = decode(bytes, 0, bytes.length, {eip: cpu.eip, mode: cpu.mode});
    return typeof decoded === 'string' ? null : decoded;
  }

  /** CR0.TS as hypercall or instruction sets it. */
  taskSwitched(set: boolean): void {
    const {cpu} = this.#domain.vmm;
    loadCr0(cpu, set ? cpu.cr0 | CR0_TS : cpu.cr0 & ~CR0_TS);
  }

  #bytes(most: number): Uint8Array {
    const {cpu} = this.#domain.vmm;
    const start = (cpu.segBase[CS] + cpu.eip) >>> 0;
    for (let length = most; length > 0; length--) {
      try {
        return this.#domain.copy.read(start, length);
      } catch (signal) {
        if (signal !== BAD_POINTER) throw signal;
      }
    }
    return new Uint8Array(0);
  }

  #allowedPort({row: {mnemonic, operands}}: Instruction): boolean {
    const {cpu} = this.#domain.vmm;
    if (this.iopl < cpu.cpl) return false;
    if (mnemonic === 'CLI' || mnemonic === 'STI' || mnemonic === 'OUT') return true;
    if (mnemonic !== 'IN') return false;
    if (operands[0] === 'AL') cpu.r[EAX] |= 0xff;
    else cpu.r[EAX] = -1;
    return true;
  }

  #allowedSystem(instruction: Instruction): boolean {
    const {cpu} = this.#domain.vmm;
    const {row: {mnemonic, operands}, reg, rm} = instruction;
    if (cpu.cpl !== 1) return false;
    if (operands[0] === 'Cd') return this.#writeControl(reg, cpu.r[rm]);
    if (operands[1] === 'Cd') return this.#readControl(reg, rm);
    if (operands[0] === 'Dd') return this.setDebug(reg, cpu.r[rm]) === 0;
    if (operands[1] === 'Dd') return this.#readDebug(reg, rm);
    if (mnemonic === 'CLTS') this.taskSwitched(false);
    else if (mnemonic === 'RDMSR') return this.#readMsr();
    // Why: a domain without devices has no cache to write back, and no MSR is its own: both are ignored.
    else if (mnemonic !== 'WBINVD' && mnemonic !== 'INVD' && mnemonic !== 'WRMSR') return false;
    return true;
  }

  #readControl(register: number, into: number): boolean {
    const {cpu} = this.#domain.vmm;
    const values: Readonly<Record<number, number>> = {0: cpu.cr0, 2: this.#domain.faultAddress, 3: cpu.cr3, 4: this.#cr4};
    if (!(register in values)) return false;
    cpu.r[into] = values[register];
    return true;
  }

  #writeControl(register: number, value: number): boolean {
    const {cpu} = this.#domain.vmm;
    if (register === 0) {
      if (((value ^ cpu.cr0) & ~CR0_TS) !== 0) return false;
      this.taskSwitched((value & CR0_TS) !== 0);
    } else if (register === 2) this.#domain.faultAddress = value;
    else if (register === 3) return this.#domain.paging.loadDirectory(value >>> 12) === 0;
    else if (register === 4) this.#cr4 = value;
    else return false;
    return true;
  }

  /** Deviation: breakpoints are kept and read back, and never hit: the modelled processor has no debug registers. */
  setDebug(register: number, value: number): number {
    if (register < 0 || register > 7 || (register < 4 && value >>> 0 >= MACHINE_MAP_START)) return -EINVAL;
    this.debug[register] = value;
    return 0;
  }
  #readDebug(register: number, into: number): boolean {
    this.#domain.vmm.cpu.r[into] = this.debug[register];
    return true;
  }

  #readMsr(): boolean {
    const {cpu} = this.#domain.vmm;
    if (cpu.r[ECX] !== MSR_TSC) return false;
    const stamp = timeStamp(cpu);
    cpu.tscReads++;
    cpu.r[EAX] = stamp % 2 ** 32 | 0;
    cpu.r[EDX] = Math.floor(stamp / 2 ** 32) | 0;
    return true;
  }
}


