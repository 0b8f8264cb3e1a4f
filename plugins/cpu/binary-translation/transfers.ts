// Near transfers of control: direct ones leave by a jump that is chained to its target's translation, indirect ones and returns
// through the hash table. CALL pushes the guest's return address, never one of the cache.
import type {Instruction} from 'worldswitch';
import {EAX} from './assembler.ts';
import type {Code} from './code.ts';
import {AT_TARGET, point, UNDO_EAX, UNDO_POP} from './point.ts';
import {CACHE_BASE, SAVED_EAX, TARGET} from './region.ts';

const JMP = [0xe9] as const;
const SEGMENT_PREFIX: readonly number[] = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65];

/** Whether nothing may follow in the translation. */
export type Ends = boolean;

/** The translation's code for a near transfer; null when it is none, or when the VMM has to look after it. */
export function transfer(code: Code, bytes: Uint8Array, limit: number): Ends | null {
  const {instruction: i} = code;
  const {mnemonic, operands} = i.row;
  if (i.operandSize !== 4) return null;
  const direct = /^J[bz]$/.test(operands[0] ?? '');
  if (direct && (target(i) >>> 0) > limit) return null;
  if (mnemonic === 'JMP' && direct) return jump(code);
  if (mnemonic === 'CALL' && direct) return call(code);
  if (mnemonic === 'J') return branch(code);
  if (mnemonic === 'JCXZ' || mnemonic.startsWith('LOOP')) return counted(code);
  if (limit !== 0xffff_ffff) return null;
  if (mnemonic === 'RET') return ret(code);
  if (mnemonic === 'JMP' || mnemonic === 'CALL') return indirect(code, bytes);
  return null;
}

const target = (i: Instruction): number => (i.next + i.immediate) | 0;

function jump(code: Code): Ends {
  code.leave(code.retiring(), JMP, target(code.instruction));
  return true;
}

function call(code: Code): Ends {
  const {instruction: i} = code;
  code.asm.push(code.retiring(), i.next);
  code.leave(point(target(i)), JMP, target(i));
  return true;
}

/** The way straight on stays in the translation. */
function branch(code: Code): Ends {
  const {instruction: i} = code;
  code.leave(code.retiring(), [0x0f, 0x80 | (i.opcode & 15)], target(i));
  return false;
}

/** LOOP and JCXZ reach 128 bytes: they jump to a jump. */
function counted(code: Code): Ends {
  const {instruction: i, asm} = code;
  const taken = asm.label();
  const straight = asm.label();
  asm.relative(code.retiring(), i.addressSize === 2 ? [0x67, i.opcode] : [i.opcode], taken, 1);
  asm.relative(code.after(), [0xeb], straight, 1);
  asm.place(taken);
  code.leave(point(target(i)), JMP, target(i));
  asm.place(straight);
  return false;
}

function ret(code: Code): Ends {
  const {instruction: i, asm} = code;
  const drop = i.row.operands[0] === 'Iw' ? i.immediate & 0xffff : 0;
  if (drop === 0) asm.popTo(code.retiring(), TARGET);
  else {
    asm.popTo(code.before(), TARGET);
    asm.emit(code.retiring(UNDO_POP), 0x8d, 0xa4, 0x24, drop & 0xff, drop >>> 8, 0, 0);
  }
  return lookUp(code);
}

/** JMP and CALL through a register or memory: the target goes to the state page before anything is pushed. */
function indirect(code: Code, bytes: Uint8Array): Ends {
  const {instruction: i, asm} = code;
  const calls = i.row.mnemonic === 'CALL';
  if (i.memory === null) asm.store(calls ? code.before() : code.retiring(), TARGET, i.rm);
  else {
    asm.store(code.before(), SAVED_EAX, EAX);
    asm.emit(code.before(UNDO_EAX), ...loadOf(i, bytes));
    asm.store(code.before(UNDO_EAX), TARGET, EAX);
    asm.load(calls ? code.before(UNDO_EAX) : code.retiring(UNDO_EAX), EAX, SAVED_EAX);
  }
  if (calls) asm.push(code.retiring(), i.next);
  return lookUp(code);
}

/** MOV EAX, m with the memory operand of FF /2 or FF /4. */
function loadOf(i: Instruction, bytes: Uint8Array): readonly number[] {
  const at = bytes.indexOf(0xff);
  const prefixes = [...(i.override >= 0 ? [SEGMENT_PREFIX[i.override]] : []), ...(i.addressSize === 2 ? [0x67] : [])];
  return [...prefixes, 0x8b, bytes[at + 1] & ~0x38, ...bytes.subarray(at + 2)];
}

function lookUp(code: Code): Ends {
  code.asm.jump(point(0, {undo: AT_TARGET}), CACHE_BASE);
  return true;
}
