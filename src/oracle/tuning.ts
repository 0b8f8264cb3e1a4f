// What random operands would hardly ever hit: quotients that fit, comparisons that are equal, selectors that exist, targets
// that can be jumped to. By mnemonic: first registers, before the memory operand is placed, then contents.
import {CS, DS, EAX, EBP, EBX, ECX, EDI, EDX, ES, ESI, ESP, SS} from '../x86/registers.ts';
import {pointer, target} from './addressing.ts';
import {little, type Draft} from './draft.ts';
import {NO_WIDTH, operandWidth} from './operands.ts';
import {EXPAND_DOWN, LIMITED, PAGE, READ_ONLY, segmentBase, USER_CS, USER_DS, WINDOW} from './window.ts';

type Tune = (d: Draft) => void;

/** Existing, foreign, beyond the table, in the local table that is not there, null; every requested privilege. */
const SELECTORS = [
  0, 1, 2, 3, USER_CS, USER_DS, LIMITED, EXPAND_DOWN, READ_ONLY, USER_DS, LIMITED, EXPAND_DOWN, 0x28, 0x29, 0x20, 0x60, 0x62, 0x68, 0x71,
  0x10, 0x18, 0x11, 0x13, 0x07, 0x2c, 0x2f, 0x1003, 0xfff8,
] as const;
const CODE_SELECTORS = [USER_CS, USER_CS, USER_CS, 0x20, 0x21, 0x22, USER_DS, LIMITED, 0, 3, 0x10, 0x13, 0x18, 0x27, 0x1003] as const;
const selector = (d: Draft): number => d.random.pick(SELECTORS);
const codeSelector = (d: Draft): number => d.random.pick(CODE_SELECTORS);

const width0 = (d: Draft): number => operandWidth(d.group, d.group.row.operands[0]);

const shiftCount: Tune = d => {
  if (d.group.row.operands.at(-1) === 'CL') d.registers[ECX] = (d.registers[ECX] & ~0xff) | d.random.pick([0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, d.random.below(256), d.random.below(32)]);
};

/** A high half that lets the quotient fit, most of the time. */
const dividend: Tune = d => {
  const {random, registers} = d;
  if (random.oneIn(4)) return;
  const signed = d.group.row.mnemonic === 'IDIV';
  const small = random.between(-3, 3);
  const width = width0(d);
  if (width === 4) registers[EDX] = signed ? registers[EAX] >> 31 : Math.abs(small);
  else if (width === 2) registers[EDX] = (registers[EDX] & ~0xffff) | ((signed ? (registers[EAX] << 16) >> 31 : Math.abs(small)) & 0xffff);
  else registers[EAX] = signed ? (registers[EAX] & ~0xffff) | (((registers[EAX] << 24) >> 24) & 0xffff) : registers[EAX] & ~0xfc00;
};

const bitIndex: Tune = d => {
  if (d.group.row.operands[1] !== 'Gv' || d.random.oneIn(4)) return;
  d.registers[d.reg] = d.random.oneIn(2) ? d.random.below(64) : d.random.between(-500, 500);
};

/** Pointers near each other, counts that end within a page or run into the next boundary, now and then equal contents. */
const strings: Tune = d => {
  const {random, registers} = d;
  const {mnemonic} = d.group.row;
  const width = width0(d) || d.group.operandSize;
  const from = d.override >= 0 ? d.override : DS;
  const goodSide = mnemonic === 'CMPS' ? random.pick(from === CS ? [ES] : [from, ES]) : NEITHER;
  if (goodSide !== NEITHER) d.segments[goodSide] = d.addressSize === 2 ? LIMITED : USER_DS;
  const source = goodSide === from ? goodTarget(d) : target(d, width);
  const goal = goodSide === ES ? goodTarget(d) : random.oneIn(5) ? source + random.between(-9, 9) : target(d, width);
  registers[ESI] = pointer(d, from, source);
  registers[EDI] = pointer(d, ES, goal);
  const least = /^(INS|OUTS)$/.test(mnemonic) ? 1 : 0;
  const count = random.oneIn(40) ? 0x700 : random.pick([least, 1, 2, 3, 5, 9, 20, 33]);
  registers[ECX] = d.addressSize === 4 ? count : (registers[ECX] & ~0xffff) | count;
  if (!random.oneIn(3)) equalContents(d, mnemonic === 'CMPS' ? [source, goal] : [goal], width);
};

/** Why: when both operands of CMPS fault, which one does is each processor's own; so one of them never does. */
const NEITHER = -1;
const goodTarget = (d: Draft): number => WINDOW + d.random.between(PAGE + 0x400, 3 * PAGE - 0x400);

/** What AL, AX or EAX holds, around each place. */
function equalContents(d: Draft, places: readonly number[], width: number): void {
  const equal = d.random.between(0, 6);
  const unit = little(d.registers[EAX], width);
  for (const start of places) {
    for (let n = -equal; n <= equal; n++) d.store(start + n * width, unit);
  }
}

const counter: Tune = d => { d.registers[ECX] = d.random.pick([0, 1, 2, 0x10000, 0x10001, d.random.value()]); };
const xlat: Tune = d => {
  const segment = d.override >= 0 ? d.override : DS;
  d.registers[EBX] = pointer(d, segment, target(d, 1) - (d.registers[EAX] & 0xff));
};
const frame: Tune = d => { d.registers[EBP] = d.stackSlot(); };

export const TUNE_REGISTERS: Readonly<Record<string, Tune>> = {
  SHL: shiftCount, SHR: shiftCount, SAR: shiftCount, ROL: shiftCount, ROR: shiftCount, RCL: shiftCount, RCR: shiftCount, SHLD: shiftCount, SHRD: shiftCount,
  DIV: dividend, IDIV: dividend, BT: bitIndex, BTS: bitIndex, BTR: bitIndex, BTC: bitIndex,
  MOVS: strings, CMPS: strings, STOS: strings, LODS: strings, SCAS: strings, INS: strings, OUTS: strings,
  LOOP: counter, LOOPE: counter, LOOPNE: counter, JCXZ: counter, XLAT: xlat, ENTER: frame, LEAVE: frame,
};

const loadsSelector: Tune = d => { if (d.group.row.operands[0] === 'Sw') d.storeRm(selector(d), 2); };
const asksSelector: Tune = d => d.storeRm(selector(d), 2);
const farPointerTo = (d: Draft, offset: number, to: number): void => d.store(d.at, [...little(offset, d.group.operandSize), ...little(to, 2)]);
const far: Tune = d => { if (d.group.row.operands[0] === 'Mp') farPointerTo(d, d.landing(), codeSelector(d)); };
const loadsPointer: Tune = d => farPointerTo(d, d.random.value(), selector(d));
const near: Tune = d => { if (d.group.row.modrm) d.storeRm(d.landing(), d.group.operandSize); };

const compared: Tune = d => { if (d.random.oneIn(2)) d.storeRm(d.registerValue(EAX, width0(d)), width0(d)); };
const compared8: Tune = d => { if (d.random.oneIn(2)) d.store(d.at, [...little(d.registers[EAX], 4), ...little(d.registers[EDX], 4)]); };
const sometimesZero: Tune = d => { if (d.random.oneIn(4)) d.storeRm(0, d.group.operandSize); };
const divisor: Tune = d => { if (!d.random.oneIn(3)) d.storeRm(d.random.oneIn(2) ? d.random.value() : d.random.between(-12, 12), width0(d)); };

const bounds: Tune = d => {
  const width = d.group.operandSize;
  const index = d.registerValue(d.reg, width);
  d.store(d.at, [...little(index - d.random.between(-1, 3), width), ...little(index + d.random.between(-1, 3), width)]);
};

const popped: Tune = d => {
  if (/^[EZ]v$/.test(d.group.row.operands[0])) d.storeStack(d.random.value());
  else d.storeStack((d.random.oneIn(2) ? 0 : d.random.word() & ~0xffff) | selector(d));
};
const poppedAll: Tune = d => d.storeStack(...Array.from({length: 8}, () => d.random.value()));
const poppedFlags: Tune = d => d.storeStack(d.random.word());
const returned: Tune = d => d.storeStack(d.landing());
/** Why: for a return to another ring some processors read the outer stack before they check the ring, so that must be there. */
const returnedFar: Tune = d => {
  const end = d.segments[SS] === LIMITED ? 0x6f00 : 7 * PAGE;
  const below = WINDOW + end - (segmentBase(d.segments[SS]) + d.registers[ESP]);
  if (below > 0 && below < 0x80) d.registers[ESP] -= 0x80;
  d.storeStack(d.landing(), codeSelector(d), d.random.word());
};
const left: Tune = d => d.store((segmentBase(d.segments[SS]) + d.registers[EBP]) | 0, little(d.random.value(), d.group.operandSize));

export const TUNE_CONTENTS: Readonly<Record<string, Tune>> = {
  MOV: loadsSelector, LAR: asksSelector, LSL: asksSelector, VERR: asksSelector, VERW: asksSelector, CALLF: far, JMPF: far,
  LDS: loadsPointer, LES: loadsPointer, LSS: loadsPointer, LFS: loadsPointer, LGS: loadsPointer, CALL: near, JMP: near,
  CMPXCHG: compared, CMPXCHG8B: compared8, BSF: sometimesZero, BSR: sometimesZero, DIV: divisor, IDIV: divisor, BOUND: bounds,
  POP: popped, POPA: poppedAll, POPF: poppedFlags, RET: returned, RETF: returnedFar, IRET: returnedFar, LEAVE: left,
};

/** Any r/m operand: now and then an edge value instead of what lies there. */
export function plainContents(d: Draft): void {
  const {row} = d.group;
  const letters = row.operands.find(operand => /^[EM]/.test(operand));
  const width = letters === undefined ? NO_WIDTH : operandWidth(d.group, letters);
  if (d.group.form === 'memory' && width > NO_WIDTH && width <= 4 && d.random.oneIn(2)) d.storeRm(d.random.value(), width);
}

/** Selector and offset of an immediate far pointer. */
export const farImmediate = (d: Draft): number[] => [...little(d.landing(), d.group.operandSize), ...little(codeSelector(d), 2)];
