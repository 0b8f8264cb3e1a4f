// IN and OUT, the I/O permission check they share with INS and OUTS, and the exit they cause in non-root operation.
// Intel SDM vol. 1, 19.5 Protected-Mode I/O; vol. 3C, table 27-5 Exit Qualification for I/O Instructions.
import {costNumber} from '../../host/costs.ts';
import {descriptorType, TYPE_TSS_BUSY} from '../../x86/descriptors.ts';
import {EFLAGS_IOPL, EFLAGS_VM} from '../../x86/flags.ts';
import {EXIT_REASONS} from '../../x86/exit-reasons.ts';
import {EAX, EDX, TR} from '../../x86/registers.ts';
import type {Instruction} from '../decode/instruction.ts';
import type {Execute} from '../decode/row.ts';
import {portAccessed} from '../breakpoints.ts';
import {generalProtection} from '../fault.ts';
import {portExits} from '../exit-bitmaps.ts';
import {vmExit} from '../nonroot.ts';
import {readSystem} from '../port.ts';
import type {Cpu} from '../state.ts';
import {registerRead, registerWrite, widthOf, type Width} from './operand.ts';

const IO_MAP_BASE = 0x66;

/** #GP(0) unless CPL <= IOPL or every bit of the TSS's I/O permission map for the port is clear. */
export function checkPort(c: Cpu, port: number, width: number): void {
  if (c.cpl <= (c.eflags & EFLAGS_IOPL) >>> 12 && (c.eflags & EFLAGS_VM) === 0) return;
  if (descriptorType(c.segAttributes[TR]) !== TYPE_TSS_BUSY) generalProtection(c);
  if (c.segLimit[TR] < IO_MAP_BASE + 1) generalProtection(c);
  const at = readSystem(c, (c.segBase[TR] + IO_MAP_BASE) | 0, 2) + (port >>> 3);
  if (at + 1 > c.segLimit[TR]) generalProtection(c);
  const bits = readSystem(c, (c.segBase[TR] + at) | 0, 2) >>> (port & 7);
  if ((bits & ((1 << width) - 1)) !== 0) generalProtection(c);
}

interface PortAccess {
  readonly port: number;
  readonly width: number;
  readonly input: boolean;
}

const QUALIFIES_IN = 1 << 3, QUALIFIES_STRING = 1 << 4, QUALIFIES_REP = 1 << 5, QUALIFIES_IMMEDIATE = 1 << 6;

/** Leaves non-root operation when the controls say so. */
export function portExit(c: Cpu, i: Instruction, access: PortAccess): void {
  if (!c.nonRoot || !portExits(c, access.port, access.width)) return;
  const string = i.row.mnemonic === 'INS' || i.row.mnemonic === 'OUTS';
  const qualification = (access.width - 1)
    | (access.input ? QUALIFIES_IN : 0)
    | (string ? QUALIFIES_STRING : 0)
    | (string && i.repeat !== 0 ? QUALIFIES_REP : 0)
    | (i.row.operands.includes('Ib') ? QUALIFIES_IMMEDIATE : 0)
    | (access.port << 16);
  vmExit(c, EXIT_REASONS.IO_INSTRUCTION, qualification);
}

/** Reads an I/O exit's qualification back. */
export const portAccessOf = (qualification: number): PortAccess & {string: boolean; repeated: boolean} => ({
  width: (qualification & 7) + 1,
  input: (qualification & QUALIFIES_IN) !== 0,
  string: (qualification & QUALIFIES_STRING) !== 0,
  repeated: (qualification & QUALIFIES_REP) !== 0,
  port: qualification >>> 16,
});

function portOf(i: Instruction, operand: string): (c: Cpu) => number {
  return operand === 'DX' ? c => c.r[EDX] & 0xffff : () => i.immediate & 0xff;
}

export const inPort: Execute = i => {
  const [to, from] = i.row.operands;
  const width: Width = widthOf(i, to);
  const port = portOf(i, from);
  const write = registerWrite(EAX, width);
  return c => {
    const at = port(c);
    checkPort(c, at, width);
    portExit(c, i, {port: at, width, input: true});
    const value = c.ports.read(at, width);
    c.spend(costNumber.port_io);
    portAccessed(c, at, width);
    write(c, value | 0);
  };
};

export const outPort: Execute = i => {
  const [to, from] = i.row.operands;
  const width: Width = widthOf(i, from);
  const port = portOf(i, to);
  const read = registerRead(EAX, width);
  return c => {
    const at = port(c);
    checkPort(c, at, width);
    portExit(c, i, {port: at, width, input: false});
    const value = read(c);
    c.ports.write(at, width, width === 4 ? value >>> 0 : value);
    c.spend(costNumber.port_io);
    portAccessed(c, at, width);
  };
};
