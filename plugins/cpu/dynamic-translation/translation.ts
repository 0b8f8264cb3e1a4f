// One translation: a guest basic block from an entry to the next transfer of control, the end of its page or the most
// instructions allowed. Only its shape is kept; the model's processor executes the instructions themselves.
import {CS, decode, DEVICE, HOST_BASE, INCOMPLETE, MAX_LENGTH, TOO_LONG, UNDEFINED} from 'worldswitch';
import type {Cpu, Decoded, Instruction} from 'worldswitch';

const PAGE = 4096;
export const MOST_INSTRUCTIONS = 64;

/** Where the next block begins is known when this one is translated, or only when it ends. */
export type Ending = 'direct' | 'indirect';

export interface Translation {
  readonly eip: number;
  readonly mode: number;
  /** EIP of each instruction, and of what follows. */
  readonly eips: readonly number[];
  readonly instructions: number;
  readonly ending: Ending;
  /** Where a direct ending may lead: behind the block, and to the target of its branch. */
  readonly successors: readonly number[];
  /** Frame, first and last byte; frame of the second page for an instruction that crosses, else -1. */
  readonly frame: number;
  readonly first: number;
  readonly last: number;
  readonly crossing: number;
  /** Ended by the number of instructions and not by one of them. */
  readonly full: boolean;
  /** Exits patched to jump straight to another translation, by successor. */
  readonly chains: Map<number, Translation>;
  valid: boolean;
}

const BRANCH = /^(J|JMP|CALL|LOOP|LOOPE|LOOPNE|JCXZ)$/;
const LEAVES = /^(J|JMP|JMPF|CALL|CALLF|LOOP|LOOPE|LOOPNE|JCXZ|RET|RETF|IRET|INT|INT3|INTO|INT1|HLT|STI|POPF|INVLPG|LMSW|CLTS|UD0|UD1|UD2|VMCALL)$/;

const isDirect = ({row}: Instruction): boolean => BRANCH.test(row.mnemonic) && (row.operands[0] ?? '').startsWith('J');

/** Transfers control or changes what code may be decoded or run next. */
const ends = ({row}: Instruction): boolean => LEAVES.test(row.mnemonic) || (row.mnemonic === 'MOV' && /^[CD]d$/.test(row.operands[0] ?? ''));

/** Translates the block at the processor's EIP, whose first byte lies at a memory offset. May raise the fetch fault of a second page. */
export function translate(c: Cpu, offset: number, mode: number): Translation {
  const first = offset & (PAGE - 1);
  const base = offset - first;
  const eips = [c.eip];
  let at = first;
  let last: Decoded | null = null;
  let crossing = -1;
  while (eips.length <= MOST_INSTRUCTIONS && at < PAGE) {
    const place = {eip: eips[eips.length - 1], mode: c.mode};
    last = decode(c.u8, base + at, base + PAGE, place);
    if (last === INCOMPLETE) {
      if (eips.length > 1) break;
      ({crossing, decoded: last} = decodeCrossing(c, offset, place));
    }
    const length = isInstruction(last) ? last.length : 1;
    at += length;
    eips.push((place.eip + length) | 0);
    if (!isInstruction(last) || ends(last) || crossing >= 0) break;
  }
  return {
    eip: c.eip, mode, eips, instructions: eips.length - 1, ...exitsOf(last, eips), frame: (offset - HOST_BASE) >>> 12, first, last: Math.min(at, PAGE) - 1,
    crossing, full: eips.length > MOST_INSTRUCTIONS, chains: new Map(), valid: true,
  };
}

const isInstruction = (decoded: Decoded | null): decoded is Instruction =>
  decoded !== null && decoded !== INCOMPLETE && decoded !== UNDEFINED && decoded !== TOO_LONG;

function exitsOf(last: Decoded | null, eips: readonly number[]): {ending: Ending; successors: readonly number[]} {
  const behind = eips[eips.length - 1];
  if (last !== INCOMPLETE && !isInstruction(last)) return {ending: 'indirect', successors: []};
  if (last === INCOMPLETE || !ends(last)) return {ending: 'direct', successors: [behind]};
  if (!isDirect(last)) return {ending: 'indirect', successors: []};
  return {ending: 'direct', successors: [behind, (last.next + last.immediate) & (last.operandSize === 2 ? 0xffff : -1)]};
}

/** The first instruction reaches into the next page: it is translated alone. */
function decodeCrossing(c: Cpu, offset: number, place: {eip: number; mode: number}): {crossing: number; decoded: Decoded} {
  const second = secondPage(c);
  const here = PAGE - (offset & (PAGE - 1));
  const bytes = new Uint8Array(MAX_LENGTH).fill(0xff);
  bytes.set(c.u8.subarray(offset, offset + here));
  if (second !== DEVICE) bytes.set(c.u8.subarray(second, second + MAX_LENGTH - here), here);
  return {crossing: second === DEVICE ? -1 : (second - HOST_BASE) >>> 12, decoded: decode(bytes, 0, MAX_LENGTH, place)};
}

/** Memory offset of the page behind the processor's EIP. */
export const secondPage = (c: Cpu): number => c.mmu.fetch(c, (((c.segBase[CS] + c.eip) & -PAGE) + PAGE) | 0);
