// Steps that transfer control through descriptors and gates: far jumps, calls and returns, INT n, IRET to the same and to
// outer rings.
import {EAX} from '../../x86/registers.ts';
import * as A from '../assembler.ts';
import {code, little, type Instruction} from '../assembler.ts';
import * as L from '../layout.ts';
import {ahead, codeSelector, flagsImage, selector, type Draw, type StepMaker} from './draw.ts';

const resumeNext = ({kernel}: Draw): Instruction => A.storeSlot(kernel ? L.KERNEL_RESUME : L.USER_RESUME, 1);

/** JMP or CALL with the pointer in the instruction. */
const farDirect = (opcode: number, to: number, chosen: number): Instruction => ({
  bytes: [opcode, 0, 0, 0, 0, ...little(chosen, 2)], slot: {at: 1, size: 4, forward: to, relative: false},
});

/** Selectors whose transfer would go through a gate or to another task are not modelled; the code ones do. */
const isTask = (chosen: number): boolean => chosen >>> 3 === L.TSS_SELECTOR >>> 3 || chosen >>> 3 === L.OTHER_TSS >>> 3;
const target = (draw: Draw): number => {
  const chosen = codeSelector(draw);
  return isTask(chosen) ? L.KERNEL_CS : chosen;
};

export const far: StepMaker = draw => {
  const {random} = draw;
  const to = ahead(draw);
  switch (random.below(4)) {
    case 0: return [resumeNext(draw), farDirect(0xea, to, target(draw))];
    case 1: return [resumeNext(draw), farDirect(0x9a, to, target(draw))];
    case 2: return [resumeNext(draw), A.pushImmediate(target(draw)), A.pushSlot(to), random.oneIn(3) ? code(0xca, 8, 0) : code(0xcb)];
    default: return [A.pushImmediate(target(draw)), A.pushSlot(to), code(0xff, random.pick([0x2c, 0x1c]), 0x24)];
  }
};

const VECTORS = [L.CALL_VECTOR, L.CALL_VECTOR, 0x83, 0x83, ...L.ODD_GATES, ...L.ODD_GATES, L.RING_0_VECTOR, 3, 4, 5, 1, 0x30, 0xff, L.PIC_BASE] as const;

/** INT n, INT3, INTO, INT1, BOUND's fault apart. */
export const software: StepMaker = ({random}) => {
  const simple = random.below(8);
  if (simple === 0) return [code(0xcc)];
  if (simple === 1) return [code(0xb0, 0x7f), code(0x04, 1), code(0xce)];
  if (simple === 2) return [code(0xf1)];
  return [A.moveImmediate(EAX, random.value()), A.interrupt(random.pick(VECTORS))];
};

/** NT would make IRET a task switch. */
const WITHOUT_NT: readonly Instruction[] = [code(0x6a, 2), A.POPF];

/** IRET to the body's own ring. */
export const returnSame: StepMaker = draw => {
  const chosen = draw.random.oneIn(3) ? target(draw) : draw.kernel ? L.KERNEL_CS : L.USER_CS;
  return [...WITHOUT_NT, A.pushImmediate(flagsImage(draw)), A.pushImmediate(chosen), A.pushSlot(ahead(draw)), A.IRET];
};

const RINGS = [[0x71, 0x79], [0x71, 0x79], [0xba, 0xc2], [L.USER_CS, L.USER_DS]] as const;

/** IRET to an outer ring, with code and stack of it or of another. */
export const returnOuter: StepMaker = draw => {
  const {random, kernel} = draw;
  if (!kernel) return returnSame(draw);
  const [cs, ss] = random.pick(RINGS);
  return [
    A.pushImmediate(random.oneIn(8) ? selector(draw) : ss), A.pushImmediate(L.INNER_STACK_TOP - 0x800), A.pushImmediate(flagsImage(draw)),
    A.pushImmediate(cs), A.pushSlot(1), A.IRET,
  ];
};
