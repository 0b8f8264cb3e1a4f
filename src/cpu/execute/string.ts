// MOVS, CMPS, STOS, LODS, SCAS, INS, OUTS, alone and repeated. Intel SDM vol. 1, 7.3.9 String Operations and 7.3.9.2
// Repeated String Operations: a fault or an event between iterations leaves ESI, EDI and ECX where the next one starts.
import {costNumber} from '../../host/costs.ts';
import {DS, EAX, ECX, EDI, EDX, ES, ESI} from '../../x86/registers.ts';
import {EFLAGS_DF} from '../../x86/flags.ts';
import {STRING_ACCESSES} from '../accesses.ts';
import type {Op} from '../block.ts';
import type {Instruction} from '../decode/instruction.ts';
import type {Execute} from '../decode/row.ts';
import {zero} from '../flags.ts';
import {modify16, modify32, modify8, probeWrite, put16, put32, put8, read16, read32, read8, write16, write32, write8} from '../port.ts';
import {yieldInstruction} from '../unwind.ts';
import {checkedAddress} from '../segmentation.ts';
import type {Cpu} from '../state.ts';
import {cmpNumbers} from './arithmetic.ts';
import {bulkMovs, bulkStos, type Bulk} from './string-bulk.ts';
import {portAccessed} from '../breakpoints.ts';
import {checkPort, portExit} from './io.ts';
import {isFlat, registerRead, registerWrite, widthOf, type Width} from './operand.ts';

const READ = {1: read8, 2: read16, 4: read32} as const;
const WRITE = {1: write8, 2: write16, 4: write32} as const;
const MODIFY = {1: modify8, 2: modify16, 4: modify32} as const;
const PUT = {1: put8, 2: put16, 4: put32} as const;

/** One iteration; true when a repeated CMPS or SCAS may go on. */
type Iteration = (c: Cpu) => boolean;

const stepOf = (c: Cpu, width: number): number => ((c.eflags & EFLAGS_DF) !== 0 ? -width : width);

/** Adds to an index register in the address size. */
function advance(i: Instruction, n: number, width: number): (c: Cpu) => void {
  if (i.addressSize === 4) return c => { c.r[n] = (c.r[n] + stepOf(c, width)) | 0; };
  return c => { c.r[n] = (c.r[n] & ~0xffff) | ((c.r[n] + stepOf(c, width)) & 0xffff); };
}

/** Linear address through ESI (its segment can be overridden) or EDI (always ES). */
function pointer(i: Instruction, n: number, width: number, write: boolean): (c: Cpu) => number {
  const segment = n === EDI ? ES : i.override >= 0 ? i.override : DS;
  const mask = i.addressSize === 4 ? -1 : 0xffff;
  if (isFlat(i, segment)) return mask === -1 ? c => c.r[n] : c => c.r[n] & mask;
  return c => checkedAddress(c, segment, c.r[n] & mask, width, write);
}

/** Why: the loop ends when an event is due or TF is set, so that an interrupt or trap waits for one iteration and not for all of them. */
function repeated(i: Instruction, iteration: Iteration, {goesOnWhile, bulk}: Repetition): Op {
  const wide = i.addressSize === 4;
  const {reads, writes} = STRING_ACCESSES[i.row.mnemonic];
  return c => {
    const {iterationCost, probes} = c;
    for (;;) {
      if (bulk !== null) bulk(c, c.r[ECX]);
      const count = wide ? c.r[ECX] : c.r[ECX] & 0xffff;
      if (count === 0) return;
      const equal = iteration(c);
      c.r[ECX] = wide ? (count - 1) | 0 : (c.r[ECX] & ~0xffff) | (count - 1);
      c.repIterations++;
      c.charge(iterationCost);
      if (probes) c.spendAccesses(reads, writes);
      if (count === 1 || (goesOnWhile !== null && equal !== goesOnWhile)) return;
      if (c.ticksLeft <= 0 || c.limit === 0 || c.singleStep) return yieldInstruction(c);
    }
  };
}

interface Repetition {
  /** Stops when an iteration gives the other value; null for those that don't compare. */
  readonly goesOnWhile: boolean | null;
  readonly bulk: Bulk | null;
}

function stringOp(i: Instruction, iteration: Iteration, {compares = false, bulk = null}: {compares?: boolean; bulk?: Bulk | null} = {}): Op {
  if (i.repeat === 0) return c => { iteration(c); };
  return repeated(i, iteration, {goesOnWhile: compares ? i.repeat === 0xf3 : null, bulk});
}

/** Bulk copies and fills need flat segments and 32-bit pointers. */
const bulkFor = (i: Instruction, bulk: Bulk): Bulk | null =>
  i.addressSize === 4 && isFlat(i, ES) && isFlat(i, i.override >= 0 ? i.override : DS) ? bulk : null;

const widthFor = (i: Instruction): Width => widthOf(i, i.row.operands[0]);

export const movs: Execute = i => {
  const width = widthFor(i);
  const [from, to] = [pointer(i, ESI, width, false), pointer(i, EDI, width, true)];
  const [nextSource, nextTarget] = [advance(i, ESI, width), advance(i, EDI, width)];
  const [read, write] = [READ[width], WRITE[width]];
  return stringOp(i, c => {
    const value = read(c, from(c));
    write(c, to(c), value);
    nextSource(c);
    nextTarget(c);
    return true;
  }, {bulk: bulkFor(i, bulkMovs(width))});
};

export const stos: Execute = i => {
  const width = widthFor(i);
  const to = pointer(i, EDI, width, true);
  const next = advance(i, EDI, width);
  const value = registerRead(EAX, width);
  const write = WRITE[width];
  return stringOp(i, c => {
    write(c, to(c), value(c));
    next(c);
    return true;
  }, {bulk: bulkFor(i, bulkStos(width))});
};

export const lods: Execute = i => {
  const width = widthFor(i);
  const from = pointer(i, ESI, width, false);
  const next = advance(i, ESI, width);
  const set = registerWrite(EAX, width);
  const read = READ[width];
  return stringOp(i, c => {
    set(c, read(c, from(c)));
    next(c);
    return true;
  });
};

/** The operand at ES:EDI is read first: its fault wins. */
export const cmps: Execute = i => {
  const width = widthFor(i);
  const [from, to] = [pointer(i, ESI, width, false), pointer(i, EDI, width, false)];
  const [nextSource, nextTarget] = [advance(i, ESI, width), advance(i, EDI, width)];
  const read = READ[width];
  const compare = cmpNumbers[width];
  return stringOp(i, c => {
    const second = read(c, to(c));
    compare(c, read(c, from(c)), second);
    nextSource(c);
    nextTarget(c);
    return zero(c);
  }, {compares: true});
};

export const scas: Execute = i => {
  const width = widthFor(i);
  const to = pointer(i, EDI, width, false);
  const next = advance(i, EDI, width);
  const value = registerRead(EAX, width);
  const read = READ[width];
  const compare = cmpNumbers[width];
  return stringOp(i, c => {
    compare(c, value(c), read(c, to(c)));
    next(c);
    return zero(c);
  }, {compares: true});
};

/** The store's faults come before the port is read: reading has effects. */
export const ins: Execute = i => {
  const width = widthFor(i) === 1 ? 1 : i.operandSize;
  const to = pointer(i, EDI, width, true);
  const next = advance(i, EDI, width);
  const [modify, put] = [MODIFY[width], PUT[width]];
  return stringOp(i, c => {
    const port = c.r[EDX] & 0xffff;
    checkPort(c, port, width);
    portExit(c, i, {port, width, input: true});
    const linear = to(c);
    probeWrite(c, linear, width);
    const value = c.ports.read(port, width);
    c.spend(costNumber.port_io);
    portAccessed(c, port, width);
    modify(c, linear);
    put(c, value);
    next(c);
    return true;
  });
};

export const outs: Execute = i => {
  const width = widthOf(i, i.row.operands[1]);
  const from = pointer(i, ESI, width, false);
  const next = advance(i, ESI, width);
  const read = READ[width];
  return stringOp(i, c => {
    const port = c.r[EDX] & 0xffff;
    checkPort(c, port, width);
    portExit(c, i, {port, width, input: false});
    const value = read(c, from(c));
    c.ports.write(port, width, width === 4 ? value >>> 0 : value);
    c.spend(costNumber.port_io);
    portAccessed(c, port, width);
    next(c);
    return true;
  });
};
