// In-cache emulation: short sequences that work on the guest's virtual state without the VMM. None touches a flag that the guest
// could see; each returns that the translation goes on. What a sequence overwrites before the guest's instruction retires, it can give back (see point.ts).
import {EFLAGS_IF} from 'worldswitch';
import {EAX, ECX} from './assembler.ts';
import type {Code} from './code.ts';
import {UNDO_EAX, UNDO_ECX, UNDO_FLAGS, UNDO_PUSH} from './point.ts';
import {
  IF_BEFORE_STI, IF_OF, MIDDLE_RPL, NOT_PLAIN, OLD_IF, OLD_IOPL, PENDING, SAVED_EAX, SAVED_ECX, SELECTOR, VIRTUAL_IF, VIRTUAL_IOPL,
} from './region.ts';

const JECXZ = [0xe3] as const;
const BOTH = UNDO_EAX | UNDO_ECX;

export function cli(code: Code): false {
  code.asm.set(code.retiring(), VIRTUAL_IF, 0);
  return false;
}

/** Behind STI the VMM is called when an interrupt waits; it lets one more instruction go by. */
export function sti(code: Code): false {
  const {asm} = code;
  asm.store(code.before(), SAVED_ECX, ECX);
  asm.load(code.before(UNDO_ECX), ECX, VIRTUAL_IF);
  asm.store(code.before(UNDO_ECX), IF_BEFORE_STI, ECX);
  asm.set(code.retiring(UNDO_ECX), VIRTUAL_IF, EFLAGS_IF);
  code.endsInShadow();
  const done = asm.label();
  asm.load(code.after(UNDO_ECX), ECX, PENDING);
  asm.relative(code.after(UNDO_ECX), JECXZ, done, 1);
  asm.load(code.after(UNDO_ECX), ECX, SAVED_ECX);
  code.callout('pending', code.after());
  asm.place(done);
  asm.load(code.after(UNDO_ECX), ECX, SAVED_ECX);
  return false;
}

/** The processor pushes its own flags, IF set and IOPL 0: their place is taken by the virtual ones with LEA. */
export function pushf(code: Code): false {
  const {asm} = code;
  asm.store(code.before(), SAVED_EAX, EAX);
  asm.store(code.before(UNDO_EAX), SAVED_ECX, ECX);
  asm.emit(code.before(BOTH), 0x9c);
  const pushed = BOTH | UNDO_PUSH;
  asm.load(code.before(pushed), EAX, VIRTUAL_IF);
  asm.emit(code.before(pushed), 0x8b, 0x0c, 0x24);
  asm.emit(code.before(pushed), 0x8d, 0x8c, 0x01, 0x00, 0xfe, 0xff, 0xff);
  asm.load(code.before(pushed), EAX, VIRTUAL_IOPL);
  asm.emit(code.before(pushed), 0x8d, 0x0c, 0x01);
  asm.emit(code.before(pushed), 0x89, 0x0c, 0x24);
  asm.load(code.before(pushed), ECX, SAVED_ECX);
  asm.load(code.retiring(pushed), EAX, SAVED_EAX);
  return false;
}

/** The processor pops all but IF and IOPL, which ring 1 may not change. TF or another IOPL than 0 is left to the VMM. */
export function popf(code: Code): false {
  const {asm} = code;
  const plain = asm.label();
  const done = asm.label();
  asm.store(code.before(), SAVED_EAX, EAX);
  asm.store(code.before(UNDO_EAX), SAVED_ECX, ECX);
  asm.emit(code.before(BOTH), 0x8b, 0x04, 0x24);
  asm.emit(code.before(BOTH), 0x0f, 0xb6, 0xcc);
  asm.loadFrom(code.before(BOTH), ECX, {address: NOT_PLAIN, index: ECX, shift: 2});
  asm.relative(code.before(BOTH), JECXZ, plain, 1);
  asm.load(code.before(BOTH), ECX, SAVED_ECX);
  asm.load(code.before(UNDO_EAX), EAX, SAVED_EAX);
  code.emulate();
  asm.place(plain);
  asm.load(code.before(BOTH), ECX, VIRTUAL_IF);
  asm.store(code.before(BOTH), OLD_IF, ECX);
  asm.load(code.before(BOTH), ECX, VIRTUAL_IOPL);
  asm.store(code.before(BOTH), OLD_IOPL, ECX);
  asm.emit(code.before(BOTH), 0x0f, 0xb6, 0xcc);
  asm.loadFrom(code.before(BOTH), ECX, {address: IF_OF, index: ECX, shift: 2});
  asm.store(code.before(BOTH), VIRTUAL_IF, ECX);
  asm.set(code.before(BOTH | UNDO_FLAGS), VIRTUAL_IOPL, 0);
  asm.emit(code.retiring(BOTH | UNDO_FLAGS), 0x9d);
  asm.load(code.after(BOTH), EAX, SAVED_EAX);
  asm.relative(code.after(UNDO_ECX), JECXZ, done, 1);
  asm.load(code.after(UNDO_ECX), ECX, PENDING);
  asm.relative(code.after(UNDO_ECX), JECXZ, done, 1);
  asm.load(code.after(UNDO_ECX), ECX, SAVED_ECX);
  code.callout('pending', code.after());
  asm.place(done);
  asm.load(code.after(UNDO_ECX), ECX, SAVED_ECX);
  return false;
}

/** What tests a selector's RPL: a load of its low byte into ECX, once EAX and ECX are to be given back. */
type LowByte = (code: Code) => void;

/**
 * A load of DS, ES or FS from the shadow descriptors. A selector with RPL 1 or 2 is left to the VMM: the compressed ring 1 would
 * let it pass where the guest's ring 0 does not.
 */
export function loadSegment(code: Code, bytes: readonly number[], lowByte: LowByte): false {
  const {asm} = code;
  const loads = asm.label();
  asm.store(code.before(), SAVED_ECX, ECX);
  lowByte(code);
  asm.loadFrom(code.before(UNDO_ECX), ECX, {address: MIDDLE_RPL, index: ECX, shift: 2});
  asm.relative(code.before(UNDO_ECX), JECXZ, loads, 1);
  asm.load(code.before(UNDO_ECX), ECX, SAVED_ECX);
  code.emulate();
  asm.place(loads);
  asm.load(code.before(UNDO_ECX), ECX, SAVED_ECX);
  asm.emit(code.retiring(), ...bytes);
  return false;
}

/** MOVZX ECX, byte GS:[SELECTOR], where the register has just been put. */
export const fromRegister = (register: number): LowByte => code => {
  const {asm} = code;
  asm.store(code.before(UNDO_ECX), SELECTOR, register);
  asm.emit(code.before(UNDO_ECX), 0x65, 0x0f, 0xb6, 0x0d, SELECTOR & 0xff, (SELECTOR >>> 8) & 0xff, (SELECTOR >>> 16) & 0xff, SELECTOR >>> 24);
};

/** MOVZX ECX, byte SS:[ESP]. */
export const fromStack: LowByte = code => code.asm.emit(code.before(UNDO_ECX), 0x0f, 0xb6, 0x0c, 0x24);
