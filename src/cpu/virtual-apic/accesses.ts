// Accesses to the APIC-access page in non-root operation: each goes to the virtual-APIC page, or leaves the guest.
// Intel SDM vol. 3C, 29.4 Virtualizing Memory-Mapped APIC Accesses.
import {classOf} from '../../x86/apic/priority.ts';
import {at, type RegisterPage} from '../../x86/apic/register-page.ts';
import * as R from '../../x86/apic/registers.ts';
import {costNumber} from '../../host/costs.ts';
import {EXIT_REASONS} from '../../x86/exit-reasons.ts';
import type {DeviceSpace} from '../bus.ts';
import type {ExecutionControls} from '../controls.ts';
import {recordVectoring} from '../nonroot.ts';
import {EXIT} from '../signal.ts';
import type {Cpu} from '../state.ts';
import {endVirtual, evaluate, leaveAfter, requestVirtual} from './page.ts';

type Width = 1 | 2 | 4;

/** Kinds of access in the qualification of an APIC_ACCESS exit. Table 27-6. */
export const APIC_READ = 0, APIC_WRITE = 1, APIC_DURING_DELIVERY = 3;

const SETS = Array.from({length: 24}, (_, index) => R.IN_SERVICE + 16 * index);
const TABLE = [R.LVT_TIMER, R.LVT_THERMAL, R.LVT_PERFORMANCE, R.LVT_LINT0, R.LVT_LINT1, R.LVT_ERROR];
const BOTH = [R.APIC_ID, R.TASK_PRIORITY, R.END_OF_INTERRUPT, R.LOGICAL_DESTINATION, R.DESTINATION_FORMAT, R.SPURIOUS_VECTOR, R.ERROR_STATUS, R.COMMAND_LOW, R.COMMAND_HIGH,
  ...TABLE, R.INITIAL_COUNT, R.DIVIDE];
/** 29.4.2 and 29.4.3: with APIC-register virtualization; with virtual-interrupt delivery alone; with the TPR shadow alone. */
const READ_REGISTERS: ReadonlySet<number> = new Set([...BOTH, R.VERSION, ...SETS]);
const WRITTEN_REGISTERS: ReadonlySet<number> = new Set(BOTH);
const DELIVERY_REGISTERS: ReadonlySet<number> = new Set([R.TASK_PRIORITY, R.END_OF_INTERRUPT, R.COMMAND_LOW]);
const SHADOW_REGISTERS: ReadonlySet<number> = new Set([R.TASK_PRIORITY]);

function registersOf({apicRegisters, virtualInterrupts, tprShadow}: ExecutionControls, all: ReadonlySet<number>): ReadonlySet<number> | null {
  if (!tprShadow) return null;
  return apicRegisters ? all : virtualInterrupts ? DELIVERY_REGISTERS : SHADOW_REGISTERS;
}

/** Whether the access lies in one register that the processor virtualizes. */
function isVirtual(registers: ReadonlySet<number> | null, offset: number, width: Width): boolean {
  return registers !== null && registers.has(offset & 0xff0) && (offset & 0xf) + width <= 4;
}

/** What a processor in non-root operation sees beyond memory: the APIC-access page, and behind it what was there before. */
export class VirtualApicSpace implements DeviceSpace {
  readonly #cpu: Cpu;
  readonly #beyond: DeviceSpace;

  constructor(cpu: Cpu, beyond: DeviceSpace) {
    this.#cpu = cpu;
    this.#beyond = beyond;
  }

  read(address: number, width: Width): number {
    const c = this.#cpu;
    if (!isApicAccess(c, address)) return this.#beyond.read(address, width);
    const offset = address & 0xfff;
    if (!isVirtual(registersOf(c.controls, READ_REGISTERS), offset, width)) accessExit(c, offset, APIC_READ);
    c.spend(costNumber.virtual_apic_access);
    const value = (c.controls.virtualApic as RegisterPage)[at(offset & 0xff0)] >>> (8 * (offset & 3));
    return width === 4 ? value : value & ((1 << (8 * width)) - 1);
  }

  write(address: number, width: Width, value: number): void {
    const c = this.#cpu;
    if (!isApicAccess(c, address)) return this.#beyond.write(address, width, value);
    const offset = address & 0xfff;
    if (!isVirtual(registersOf(c.controls, WRITTEN_REGISTERS), offset, width)) accessExit(c, offset, APIC_WRITE);
    c.spend(costNumber.virtual_apic_access);
    const page = c.controls.virtualApic as RegisterPage, register = offset & 0xff0;
    const shift = 8 * (offset & 3), mask = width === 4 ? -1 : ((1 << (8 * width)) - 1) << shift;
    page[at(register)] = (page[at(register)] & ~mask) | ((value << shift) & mask);
    emulateWrite(c, page, register);
  }
}

/** Whether a host-physical address lies in the APIC-access page of the guest that runs. */
export const isApicAccess = (c: Cpu, address: number): boolean => c.nonRoot && address - (address & 0xfff) === c.controls.apicAccessPage;

function accessExit(c: Cpu, offset: number, kind: number): never {
  c.exit.clear();
  c.exit.reason = EXIT_REASONS.APIC_ACCESS;
  c.exit.qualification = offset | ((c.delivering.valid ? APIC_DURING_DELIVERY : kind) << 12);
  recordVectoring(c);
  throw EXIT;
}

/** 29.4.3.2 APIC-Write Emulation. */
function emulateWrite(c: Cpu, page: RegisterPage, register: number): void {
  const {virtualInterrupts, tprThreshold} = c.controls;
  if (register === R.TASK_PRIORITY) {
    page[at(register)] &= 0xff;
    if (virtualInterrupts) evaluate(c);
    else if (classOf(page[at(register)]) < tprThreshold) leaveAfter(c, EXIT_REASONS.TPR_BELOW_THRESHOLD, 0);
  } else if (register === R.COMMAND_HIGH) page[at(register)] &= 0xff00_0000;
  else if (register === R.END_OF_INTERRUPT && virtualInterrupts) {
    page[at(register)] = 0;
    endVirtual(c);
  } else if (register === R.COMMAND_LOW && virtualInterrupts && isSelfIpi(page[at(register)])) requestVirtual(c, page[at(register)] & 0xff);
  else leaveAfter(c, EXIT_REASONS.APIC_WRITE, register);
}

/** A fixed edge to oneself by shorthand, of a legal vector, and nothing reserved set. */
const isSelfIpi = (command: number): boolean => (command & ~0x40ff) === 0x4_0000 && (command & 0xf0) !== 0;
