// Instructions by rows of the opcode table: every row can be drawn, with registers, memory operands and immediates.
import {opcodeBytes, OPCODE_ROWS} from '../../cpu/decode/table.ts';
import type {OpcodeRow} from '../../cpu/decode/row.ts';
import {immediateSize} from '../../oracle/operands.ts';
import type {Group} from '../../oracle/groups.ts';
import {EBX, ESI} from '../../x86/registers.ts';
import {based, little, moveImmediate, operand, type Instruction, type Memory} from '../assembler.ts';
import {fits, type Step} from '../program.ts';
import {ANY_REGISTER, pointer, selector, type Draw, type StepMaker} from './draw.ts';

/** Drawn by steps of their own, because what follows them must be known; or not modelled, so that a program would end there. */
const ELSEWHERE = /^(J|JMPF?|CALLF?|RETF?|IRET|LOOP(N?E)?|JCXZ|INT|LEAVE|ENTER|POPA|HLT|MOVS|CMPS|STOS|LODS|SCAS|INS|OUTS|OUT|IN|POPF|LGDT|LIDT|LMSW|STI|VMCALL)$/;
const CHANGES_ADDRESS_SPACE = /^(Cd|Dd)$/;
/** MOV from debug registers is not modelled; the address of A0 to A3 is drawn as an immediate would be. */
const LEFT_OUT = ({mnemonic, operands}: OpcodeRow): boolean =>
  ELSEWHERE.test(mnemonic) || operands.some(letters => CHANGES_ADDRESS_SPACE.test(letters) || letters === 'Ap' || letters === 'SS') || (mnemonic === 'MOV' && operands[0] === 'Sw') || mnemonic === 'LSS';

const ROWS = OPCODE_ROWS.filter(row => !LEFT_OUT(row));
export const INNOCUOUS_ROWS = ROWS.filter(row => row.sensitivity === 'innocuous');
/** Whatever is privileged or sensitive. */
export const SENSITIVE_ROWS = ROWS.filter(row => row.sensitivity !== 'innocuous');

const SEGMENT_PREFIXES = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65] as const;

/** One instruction of a row; with `memory` for its memory operand, if it takes one. */
export function fromRow({random}: Draw, row: OpcodeRow, memory: Memory | null): Instruction {
  const {twoByte, first, count} = opcodeBytes(row);
  const operandSize = random.oneIn(5) ? 2 : 4;
  const low = count === 8 ? random.pick(ANY_REGISTER) : random.below(count);
  const reg = row.extension >= 0 ? row.extension : random.pick(ANY_REGISTER);
  const inMemory = row.modrm && memory !== null && row.forms !== 'register';
  const modrm = !row.modrm ? [] : inMemory ? operand(reg, memory) : [0xc0 | (reg << 3) | random.pick(ANY_REGISTER)];
  const prefixes = [
    ...(operandSize === 2 ? [0x66] : []), ...(inMemory && random.oneIn(8) ? [random.pick(SEGMENT_PREFIXES)] : []),
    ...(inMemory && row.lockable && random.oneIn(6) ? [0xf0] : []),
  ];
  const head = [...prefixes, ...(twoByte ? [0x0f] : []), first + low, ...modrm];
  const group: Group = {key: '', row, form: 'implied', operandSize, prefix: 0, count: 0};
  const size = row.operands.reduce((sum, letters) => sum + immediateSize(group, 4, letters), 0);
  const value = row.operands.some(letters => letters.startsWith('O')) && memory ? memory.displacement : random.value();
  return {bytes: [...head, ...little(value, size)], ...(size > 0 && size <= 4 ? {free: [head.length, size] as const} : {})};
}

/** One to four instructions on registers and on one place in memory. */
export const arithmetic: StepMaker = draw => {
  const {random} = draw;
  const place = pointer(draw);
  const base = random.pick([EBX, ESI]);
  const usesMemory = random.oneIn(2);
  const step: Instruction[] = usesMemory ? [moveImmediate(base, place)] : [];
  for (let n = random.between(1, 4); n > 0; n--) {
    const row = random.pick(INNOCUOUS_ROWS);
    const memory = usesMemory ? random.oneIn(3) ? {displacement: place} : based(base, random.between(-8, 8)) : null;
    step.push(fromRow(draw, row, memory));
  }
  return cut(step);
};

/** A privileged or sensitive instruction with the operands at hand. */
export const sensitive: StepMaker = draw => {
  const {random} = draw;
  const place = pointer(draw);
  const row = random.pick(SENSITIVE_ROWS);
  const memory = row.forms === 'memory' || random.oneIn(2) ? based(EBX, 0) : null;
  const value = /^(LAR|LSL|VER[RW]|LLDT|LTR|ARPL|MOV)$/.test(row.mnemonic) ? selector(draw) : random.value();
  const register = random.pick(ANY_REGISTER.filter(each => each !== EBX));
  return cut([moveImmediate(EBX, place), moveImmediate(register, value), fromRow(draw, row, memory)]);
};

/** As many of the instructions as go into a slot. */
export function cut(step: readonly Instruction[]): Step {
  let whole: Step = step;
  while (!fits(whole)) whole = whole.slice(0, -1);
  return whole;
}
