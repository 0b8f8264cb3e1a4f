// Many iterations of REP MOVS and REP STOS at once, where one by one they would do just that: forwards, within a page, with
// the rights for it, and with no event due on the way. The last iteration is left to string.ts, which knows how to end.
import {costNumber} from '../../host/costs.ts';
import {EFLAGS_DF} from '../../x86/flags.ts';
import {EAX, ECX, EDI, ESI} from '../../x86/registers.ts';
import type {Cpu} from '../state.ts';
import type {Width} from './operand.ts';

/** Runs as many iterations as it can, none at worst. Why: one by one they were a third of a fork's time. */
export type Bulk = (c: Cpu, count: number) => void;

/** Iterations before the last one and before the next event. */
function allowed(c: Cpu, count: number): number {
  if ((c.eflags & EFLAGS_DF) !== 0 || c.singleStep || c.limit === 0) return 0;
  const most = (count >>> 0) - 1;
  const unit = c.clockIsCycles ? c.meter.units[costNumber.rep_iteration] : 0;
  return unit === 0 ? most : Math.min(most, Math.ceil(c.ticksLeft / unit) - 1);
}

/** Memory offset of an address when the view grants the right, else -1. */
function offsetOf(c: Cpu, linear: number, right: number): number {
  const entry = c.view[linear >>> 12];
  return (entry & right) !== 0 ? (entry & -4096) | (linear & 4095) : -1;
}

const roomAt = (linear: number, width: number): number => Math.floor((4096 - (linear & 4095)) / width);

function charge(c: Cpu, n: number, width: number): void {
  c.r[EDI] += n * width;
  c.r[ECX] -= n;
  c.repIterations += n;
  c.spend(costNumber.rep_iteration, n);
}

export const bulkMovs = (width: Width): Bulk => (c, count) => {
  const [source, target] = [c.r[ESI], c.r[EDI]];
  const [from, to] = [offsetOf(c, source, c.readRight), offsetOf(c, target, c.writeRight)];
  if (from < 0 || to < 0) return;
  const n = Math.min(allowed(c, count), roomAt(source, width), roomAt(target, width));
  const bytes = n * width;
  const clobbers = to > from && to < from + bytes;
  if (n < 2 || clobbers) return;
  c.u8.copyWithin(to, from, from + bytes);
  c.r[ESI] += bytes;
  charge(c, n, width);
};

export const bulkStos = (width: Width): Bulk => (c, count) => {
  const target = c.r[EDI];
  const to = offsetOf(c, target, c.writeRight);
  const n = Math.min(allowed(c, count), roomAt(target, width));
  if (to < 0 || n < 2 || to % width !== 0) return;
  const words = width === 4 ? c.i32 : width === 2 ? c.u16 : c.u8;
  words.fill(c.r[EAX], to / width, to / width + n);
  charge(c, n, width);
};
