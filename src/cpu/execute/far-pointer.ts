// What far JMP, CALL, RET and IRET share: the pointer they take, the stack words they read, and transfers of real mode.
// Intel SDM vol. 2, the instructions' operation sections.
import {CS, ESP, SS} from '../../x86/registers.ts';
import type {Instruction} from '../decode/instruction.ts';
import {generalProtection} from '../fault.ts';
import {read16, read32, write16, write32} from '../port.ts';
import {checkedAddress, loadParagraph} from '../segmentation.ts';
import {MODE_FLAT, type Cpu} from '../state.ts';
import {address} from './operand.ts';

export interface FarPointer {
  readonly selector: number;
  readonly eip: number;
}

/** Selector and offset: immediate (Ap) or in memory (Mp). */
export function farPointer(i: Instruction): (c: Cpu) => FarPointer {
  const width = i.operandSize;
  if (i.row.operands[0] === 'Ap') return () => ({selector: i.immediate2 & 0xffff, eip: width === 4 ? i.immediate : i.immediate & 0xffff});
  const linear = address(i, width + 2, false);
  return c => {
    const at = linear(c);
    return {eip: width === 4 ? read32(c, at) : read16(c, at), selector: read16(c, (at + width) | 0)};
  };
}

/** Reads the stack word `at` of the operand size. */
export function stackWord(c: Cpu, width: number, at: number): number {
  const offset = ((c.r[ESP] + at) | 0) & c.stackMask;
  const linear = (c.mode & MODE_FLAT[SS]) !== 0 ? offset : checkedAddress(c, SS, offset, width, false);
  return width === 4 ? read32(c, linear) : read16(c, linear);
}

/** Pushes CS and what follows the instruction, all checks before the first write. */
export function pushReturn(c: Cpu, width: 2 | 4, next: number): void {
  const put = width === 4 ? write32 : write16;
  const slot = (down: number): number => checkedAddress(c, SS, ((c.r[ESP] - down) | 0) & c.stackMask, width, true);
  const [upper, lower] = [slot(width), slot(2 * width)];
  put(c, upper, c.segSelector[CS]);
  put(c, lower, width === 4 ? next : next & 0xffff);
}

/** CS and EIP where segment registers hold paragraphs; only the limit is checked. */
export function goToParagraph(c: Cpu, {selector, eip}: FarPointer): void {
  if (eip >>> 0 > c.segLimit[CS]) generalProtection(c);
  loadParagraph(c, CS, selector);
  c.eip = eip;
}
