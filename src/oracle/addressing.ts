// Memory operands of cases: where in the window they lie, and a ModRM form, registers and displacement that lead there.
// Intel SDM vol. 2A, 2.1.5 Addressing-Mode Encoding of ModR/M and SIB Bytes.
import {DS, EBP, EBX, EDI, ESI, ESP, SS} from '../x86/registers.ts';
import {little, type Draft} from './draft.ts';
import {LOCK} from './groups.ts';
import {PAGE, segmentBase, WINDOW} from './window.ts';

const CACHE_LINE = 64;
/** Offsets in the window at which something ends: mapped, writable, mapped again, a segment's limit. */
const BOUNDARIES = [PAGE, 2 * PAGE, 3 * PAGE, 4 * PAGE, 5 * PAGE, 7 * PAGE, 0x6f00] as const;

/** A linear address for an operand: two in three plainly accessible, the others at, across or beyond a boundary. */
export function target(d: Draft, width: number): number {
  const {random} = d;
  if (isLocked(d)) return lockedTarget(d, width);
  const roll = random.below(24);
  if (roll < 16) return WINDOW + random.between(PAGE, 3 * PAGE - 16 - width);
  if (roll < 21) return WINDOW + random.pick(BOUNDARIES) - random.between(0, width);
  if (roll === 21) return WINDOW + random.between(3 * PAGE, 4 * PAGE - width);
  if (roll === 22) return WINDOW + random.pick([0, 4 * PAGE, 7 * PAGE]) + random.below(PAGE);
  return 0x1000_0000 + random.below(0x0fff_0000);
}

const isLocked = (d: Draft): boolean => d.group.prefix === LOCK || d.group.row.mnemonic === 'XCHG';

/** Within one cache line, wherever the page is. */
function lockedTarget(d: Draft, width: number): number {
  const {random} = d;
  const page = random.oneIn(6) ? random.pick([0, 3, 4]) : random.pick([1, 2]);
  return WINDOW + page * PAGE + random.below(PAGE / CACHE_LINE) * CACHE_LINE + random.between(0, CACHE_LINE - width);
}

export const segmentOf = (d: Draft, base: number): number => (d.override >= 0 ? d.override : base === ESP || base === EBP ? SS : DS);
const baseOf = (d: Draft, segment: number): number => segmentBase(d.segments[segment]);

/** ModRM, SIB and displacement of a memory operand of `width` bytes; sets registers and `d.at`. */
export function encodeMemory(d: Draft, width: number): number[] {
  d.at = target(d, width);
  return d.addressSize === 4 ? encodeWide(d) : encodeNarrow(d);
}

/** Why: ESP as base stays near the operand, because the instruction may push. */
function encodeWide(d: Draft): number[] {
  const {random, registers} = d;
  const mod = random.below(3);
  const rm = random.below(8);
  const sib = rm === ESP;
  const base = sib ? random.below(8) : rm;
  const index = sib ? random.below(8) : ESP;
  const scale = random.below(4);
  const absolute = mod === 0 && base === EBP;
  const bytes = [(mod << 6) | (d.reg << 3) | rm, ...(sib ? [(scale << 6) | (index << 3) | base] : [])];
  const offset = (d.at - baseOf(d, segmentOf(d, absolute ? -1 : base))) | 0;
  const indexed = (): number => (index === ESP ? 0 : registers[index] << scale);
  if (absolute) return [...bytes, ...little((offset - indexed()) | 0, 4)];
  if (base === index && base !== ESP) return [...bytes, ...sameRegister(d, {mod, base, scale, offset})];
  if (base === ESP && index !== ESP) registers[index] = random.between(-64, 64);
  const displacement = mod === 0 ? 0 : mod === 1 || base === ESP ? random.between(-128, 127) : random.value();
  registers[base] = (offset - displacement - indexed()) | 0;
  return [...bytes, ...little(displacement, mod === 0 ? 0 : mod === 1 ? 1 : 4)];
}

/** Base and index are one register: the displacement makes up for it, or the address is only near the one wanted. */
function sameRegister(d: Draft, {mod, base, scale, offset}: {mod: number; base: number; scale: number; offset: number}): number[] {
  const {random, registers} = d;
  const factor = 1 + (1 << scale);
  if (mod === 2) return little((offset - Math.imul(registers[base], factor)) | 0, 4);
  const displacement = mod === 1 ? random.between(-128, 127) : 0;
  registers[base] = Math.floor(((offset - displacement) >>> 0) / factor);
  d.at = (d.at - offset + Math.imul(registers[base], factor) + displacement) | 0;
  return mod === 1 ? little(displacement, 1) : [];
}

/** Base and index by rm. Intel SDM vol. 2A, table 2-1. */
const NARROW = [[EBX, ESI], [EBX, EDI], [EBP, ESI], [EBP, EDI], [ESI, -1], [EDI, -1], [EBP, -1], [EBX, -1]] as const;

function encodeNarrow(d: Draft): number[] {
  const {random, registers} = d;
  const mod = random.below(3);
  const rm = random.below(8);
  const absolute = mod === 0 && rm === 6;
  const [base, index] = NARROW[rm];
  const segment = segmentOf(d, absolute ? -1 : base);
  const offset = (d.at - baseOf(d, segment)) & 0xffff;
  d.at = (baseOf(d, segment) + offset) | 0;
  const modrm = (mod << 6) | (d.reg << 3) | rm;
  if (absolute) return [modrm, ...little(offset, 2)];
  const displacement = mod === 0 ? 0 : mod === 1 ? random.between(-128, 127) : random.value();
  const rest = index === -1 ? 0 : registers[index];
  registers[base] = (registers[base] & ~0xffff) | ((offset - displacement - rest) & 0xffff);
  return [modrm, ...little(displacement, mod)];
}

/** An offset for a pointer register (ESI, EDI, EBX) that reaches `linear` through a segment. */
export function pointer(d: Draft, segment: number, linear: number): number {
  const offset = (linear - baseOf(d, segment)) | 0;
  return d.addressSize === 4 ? offset : (d.random.word() & ~0xffff) | (offset & 0xffff);
}
