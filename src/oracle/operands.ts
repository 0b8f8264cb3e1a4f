// Widths of operands and sizes of immediates by the manual's letters, as the case generator needs them: written down here a
// second time, so that a slip in the decoder's own reading of them shows. Intel SDM vol. 2D, A.2.1 and A.2.2.
import type {Group} from './groups.ts';

export const NO_WIDTH = 0;

/** Bytes an operand occupies in memory or in a register. */
export function operandWidth({operandSize}: Group, letters: string | undefined): number {
  switch (letters?.slice(1)) {
    case 'b': case 'bs': return 1;
    case 'w': return 2;
    case 'd': return 4;
    case 'q': return 8;
    case 's': return 6;
    case 'p': return operandSize + 2;
    case 'a': return operandSize * 2;
    case 'v': case 'z': return operandSize;
    case 'L': return 1;
    case 'AX': return operandSize;
    default: return NO_WIDTH;
  }
}

/** Bytes of an immediate, displacement or pointer that follows ModRM. */
export function immediateSize(group: Group, addressSize: number, letters: string): number {
  if (letters === 'Ap') return group.operandSize + 2;
  if (letters === 'Ob' || letters === 'Ov') return addressSize;
  return /^[IJ]/.test(letters) ? operandWidth(group, letters) : 0;
}
