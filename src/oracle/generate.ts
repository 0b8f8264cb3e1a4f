// Case number n of a group: always the same one, derived from the seed, the group's key and n alone.
import {opcodeBytes} from '../cpu/decode/table.ts';
import {EFLAGS_TF} from '../x86/flags.ts';
import {DS, ECX} from '../x86/registers.ts';
import {encodeMemory, pointer, target} from './addressing.ts';
import {Draft, little} from './draft.ts';
import {isString, LOCK, REP, REPNE, type Case, type Group} from './groups.ts';
import {immediateSize, operandWidth} from './operands.ts';
import {hashText, mix} from './random.ts';
import {farImmediate, plainContents, TUNE_CONTENTS, TUNE_REGISTERS} from './tuning.ts';
import {CODE, LIMITED, PAGE} from './window.ts';

export const SEED = 20260101;
/** To be raised with every change of what a seed means. */
export const GENERATOR_VERSION = 1;

const OVERRIDES = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65] as const;
const SHIFTS = /^(SH[LR]D?|SAR|RO[LR]|RC[LR])$/;
const TAKES_POINTER = /^(MOVS|CMPS|STOS|LODS|SCAS|INS|OUTS|XLAT|LOOP|LOOPE|LOOPNE|JCXZ)$/;

export function generate(group: Group, index: number): Case {
  const {row} = group;
  const d = new Draft(group, mix(SEED ^ mix(hashText(group.key) + index)));
  const {first, count, twoByte} = opcodeBytes(row);
  d.opcode = first + (index % count);
  const prefixes = choosePrefixes(d);
  TUNE_REGISTERS[row.mnemonic]?.(d);
  const modrm = encodeModrm(d);
  plainContents(d);
  TUNE_CONTENTS[row.mnemonic]?.(d);
  const head = [...prefixes, ...(twoByte ? [0x0f] : []), d.opcode, ...modrm];
  const tail = row.operands.reduce((sum, letters) => sum + immediateSize(group, d.addressSize, letters), 0);
  const at = placeCode(d, head.length + tail, prefixes.includes(LOCK));
  const immediates = row.operands.flatMap(letters => immediate(d, letters, at + head.length + tail));
  const preamble = (d.eflags & EFLAGS_TF) === 0 && d.random.oneIn(4) ? comparison(d) : [];
  if (SHIFTS.test(row.mnemonic)) d.shiftCount = shiftCountOf(d, immediates);
  const bytes = Uint8Array.from([...head, ...immediates]);
  const eip = at - preamble.length;
  d.patches.push({address: eip, bytes: [...preamble, ...bytes].slice(0, CODE + 2 * PAGE - eip)});
  return {
    group, index, bytes, eip, registers: d.registers, eflags: d.eflags, segments: d.segments, patches: d.patches,
    shiftCount: d.shiftCount, reg: d.reg, rm: group.form === 'memory' ? -1 : row.modrm ? d.rm : d.opcode & 7,
  };
}

/** Operand and address size, segment, the group's own prefix, and now and then one that is illegal or means nothing. */
function choosePrefixes(d: Draft): number[] {
  const {random, group} = d;
  const {row} = group;
  const hasMemory = group.form === 'memory' || TAKES_POINTER.test(row.mnemonic) || row.operands.some(operand => operand.startsWith('O'));
  const prefixes = group.operandSize === 2 ? [0x66] : [];
  if (group.prefix !== 0) prefixes.push(group.prefix);
  if (random.oneIn(hasMemory ? 6 : 16)) {
    d.addressSize = 2;
    prefixes.push(0x67);
    if (isString(row) && !random.oneIn(4)) d.segments[0] = LIMITED;
  }
  if (hasMemory ? d.addressSize === 2 ? !random.oneIn(4) : random.oneIn(5) : random.oneIn(24)) {
    d.override = d.addressSize === 2 ? random.pick([4, 5]) : random.below(6);
    prefixes.push(OVERRIDES[d.override]);
  }
  if (group.prefix === 0) prefixes.push(...strayPrefix(d));
  for (let at = prefixes.length - 1; at > 0; at--) {
    const other = random.below(at + 1);
    [prefixes[at], prefixes[other]] = [prefixes[other], prefixes[at]];
  }
  return prefixes;
}

function strayPrefix({random, group: {row}}: Draft): number[] {
  if (random.oneIn(24) && row.mnemonic !== 'VERW' && !/\b[CR]d\b/.test(row.operands.join(' '))) return [LOCK];
  if (random.oneIn(16) && !isString(row) && !/^(BS[FR]|LOOPN?E)$/.test(row.mnemonic)) return [random.pick([REP, REPNE])];
  return [];
}

function encodeModrm(d: Draft): number[] {
  const {group} = d;
  if (!group.row.modrm) return [];
  if (group.form === 'register') return [0xc0 | (d.reg << 3) | d.rm];
  const letters = group.row.operands.find(operand => /^[EM]/.test(operand));
  return encodeMemory(d, Math.max(1, operandWidth(group, letters)));
}

/** Mostly one place; sometimes across the two code pages, sometimes running into the page behind them. */
function placeCode(d: Draft, length: number, locked: boolean): number {
  const {random} = d;
  if (length > 1 && random.oneIn(24)) return CODE + PAGE - random.between(1, length - 1);
  const isUndefined = locked || d.group.row.mnemonic.startsWith('UD');
  if (length > 1 && !isUndefined && random.oneIn(64)) return CODE + 2 * PAGE - random.between(1, length - 1);
  return CODE + 0x800;
}

/** A comparison of registers before the instruction, so that it finds flags as the interpreter leaves them. */
function comparison(d: Draft): number[] {
  const modrm = 0xc0 | d.random.below(64);
  return d.random.pick([[0x38, modrm], [0x39, modrm], [0x66, 0x39, modrm]]);
}

function immediate(d: Draft, letters: string, next: number): number[] {
  const {random, group} = d;
  const size = immediateSize(group, d.addressSize, letters);
  if (letters === 'Ap') return farImmediate(d);
  if (letters.startsWith('O')) return little(pointer(d, d.override >= 0 ? d.override : DS, target(d, operandWidth(group, letters))), size);
  if (letters === 'Jb') return [random.oneIn(2) ? random.between(0, 127) : random.between(128, 220)];
  if (letters === 'Jz') return little(d.landing() - next, size);
  if (letters === 'Iw') return little(random.oneIn(3) && group.row.mnemonic !== 'RETF' ? random.word() : random.below(64), 2);
  if (letters === 'Ib') return [immediateByte(d)];
  return little(random.value(), size);
}

function immediateByte({random, group: {row: {mnemonic}}}: Draft): number {
  if (mnemonic === 'INT') return random.oneIn(4) ? random.pick([3, 4]) : (0x81 + random.below(255)) & 0xff;
  if (mnemonic === 'AAM') return random.oneIn(8) ? 0 : random.oneIn(2) ? 10 : random.below(256);
  if (SHIFTS.test(mnemonic)) return random.pick([0, 1, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, random.below(256), random.below(32)]);
  return random.value() & 0xff;
}

function shiftCountOf(d: Draft, immediates: readonly number[]): number {
  const by = d.group.row.operands.at(-1);
  return (by === 'CL' ? d.registers[ECX] : by === '1' ? 1 : immediates[0]) & 31;
}

