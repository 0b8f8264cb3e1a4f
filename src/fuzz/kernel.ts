// The fixed part of a random guest: how it starts, how it enters and leaves its user program, and one handler behind all
// vectors. The handler writes what it sees into a log, then goes on: after an interrupt or a trap where it was, after a fault
// at the slot behind the one that faulted.
import {MARKER_BASE} from '../cpu/execute/system.ts';
import {MARKER_CHECKPOINT} from '../machine/recorder.ts';
import {CR0_PE, CR0_PG} from '../x86/control.ts';
import {EFLAGS_AC, EFLAGS_IF, EFLAGS_NT, EFLAGS_TF} from '../x86/flags.ts';
import {DS, EAX, EBX, ECX, EDI, EDX, ES, ESI, ESP, FS, GS, SS} from '../x86/registers.ts';
import * as A from './assembler.ts';
import {Assembly, at, based, code, type Instruction} from './assembler.ts';
import * as L from './layout.ts';
import type {Setting} from './setting.ts';
import {stub, STUB_BYTES, type Piece} from './tables.ts';

/** Where the handler finds what it saved: PUSHA, vector, error code, and the processor's frame. */
const SAVED_DS = 4, REGISTERS = 8, VECTOR = 40, FRAME_EIP = 48, FRAME_CS = 52, FRAME_FLAGS = 56, FRAME_ESP = 60, FRAME_SS = 64;
const CHECKPOINT = code(0x0f, 0x1f, 0x80, ...A.little(MARKER_BASE + MARKER_CHECKPOINT, 4));
const REP_MOVSD = code(0xf3, 0xa5), STOSD = code(0xab);
const WITH_ERROR_CODE = new Set([8, 10, 11, 12, 13, 14, 17]);
const KEPT_AFTER_FAULT = ~(EFLAGS_TF | EFLAGS_NT | EFLAGS_AC);

const outByte = (port: number, value: number): Instruction[] => [code(0xb0, value), A.out(port)];
const dataSegments = (selector: number, ...segments: number[]): Instruction[] =>
  [A.moveImmediate(EAX, selector), ...segments.map(segment => A.toSegment(segment, EAX))];

/** 8259A: vectors from PIC_BASE; timer and first serial port unmasked. 8254: counter 0, mode 2. */
const devices = ({timer}: Setting): Instruction[] => [
  ...outByte(0x20, 0x11), ...outByte(0xa0, 0x11), ...outByte(0x21, L.PIC_BASE), ...outByte(0xa1, L.PIC_BASE + 8),
  ...outByte(0x21, 4), ...outByte(0xa1, 2), ...outByte(0x21, 1), ...outByte(0xa1, 1),
  ...outByte(0x21, timer === 0 ? 0xef : 0xee), ...outByte(0xa1, 0xff),
  ...(timer === 0 ? [] : [...outByte(0x43, 0x34), ...outByte(0x40, timer & 0xff), ...outByte(0x40, timer >>> 8)]),
];

function start(assembly: Assembly, setting: Setting): void {
  assembly.add(
    code(0x0f, 0x01, ...A.operand(2, at(L.GDT_REGISTER))), code(0x0f, 0x01, ...A.operand(3, at(L.IDT_REGISTER))),
    ...dataSegments(L.KERNEL_DS, DS, ES, SS, FS, GS), A.moveImmediate(ESP, L.KERNEL_STACK_TOP),
    A.moveImmediate(EAX, L.TSS_SELECTOR), code(0x0f, 0x00, 0xd8),
    A.moveImmediate(EAX, setting.cr4), A.toControl(4, EAX), A.moveImmediate(EAX, L.DIRECTORY_A), A.toControl(3, EAX),
    A.moveImmediate(EAX, setting.cr0 | CR0_PG | CR0_PE), A.toControl(0, EAX),
    ...devices(setting), A.storeImmediate(at(L.KERNEL_RESUME), L.BODIES.second), A.storeImmediate(at(L.USER_RESUME), L.BODIES.user),
    A.pushImmediate(setting.kernelFlags), A.POPF,
  ).to(A.JUMP, 'first');
}

/** From the first kernel body to the user program. */
function toUser(assembly: Assembly, setting: Setting): void {
  assembly.label('to user').add(
    A.storeImmediate(at(L.KERNEL_RESUME), L.BODIES.second), ...dataSegments(L.USER_DS, DS, ES), A.moveImmediate(ESP, L.KERNEL_STACK_TOP), A.pushImmediate(0), A.POPF,
    A.pushImmediate(L.USER_DS), A.pushImmediate(L.USER_STACK_TOP), A.pushImmediate(setting.userFlags), A.pushImmediate(L.USER_CS),
    A.pushImmediate(L.BODIES.user), A.IRET,
  );
}

/** Ends the machine: EVENTS is printed on the serial line and is the exit code. */
function finish(assembly: Assembly): void {
  assembly.label('end').add(
    ...dataSegments(L.KERNEL_DS, DS), CHECKPOINT, A.load(EAX, at(L.EVENTS)), A.moveImmediate(EDX, 0x3f8), code(0xee), A.out(0xf4), A.CLI, A.HLT,
  ).to(A.JUMP, 'end');
}

/** Everything that can be seen goes into the log, in records of 64 bytes. */
function record(assembly: Assembly): void {
  assembly.label('handler').add(
    A.PUSHA, code(0x1e), code(0x06), ...dataSegments(L.KERNEL_DS, DS, ES), A.CLD, CHECKPOINT,
    A.load(EDI, at(L.LOG_AT)), code(0x8d, ...A.operand(ESI, based(ESP, VECTOR))), A.moveImmediate(ECX, 5), REP_MOVSD,
    code(0x8d, ...A.operand(ESI, based(ESP, REGISTERS))), A.moveImmediate(ECX, 8), REP_MOVSD,
    A.fromControl(EAX, 2), STOSD, A.load(EAX, based(ESP, SAVED_DS)), code(0x66, 0x8c, 0xd0), STOSD, A.fromControl(EAX, 0), STOSD,
    A.immediateTo(4, EDI, L.LOG_BYTES - 1), A.immediateTo(1, EDI, L.LOG), A.store(at(L.LOG_AT), EDI),
    code(0xff, ...A.operand(0, at(L.EVENTS))), A.immediateToMemory(7, at(L.EVENTS), L.MOST_EVENTS),
  ).to(A.jumpIf(A.ABOVE), 'end').add(A.load(EBX, based(ESP, VECTOR)));
}

function dispatch(assembly: Assembly): void {
  const when = (vector: number, label: string): Assembly => assembly.add(A.immediateTo(7, EBX, vector)).to(A.jumpIf(A.EQUAL), label);
  when(1, 'traced');
  when(3, 'return');
  when(4, 'return');
  when(L.DONE_VECTOR, 'second');
  when(L.RING_0_VECTOR, 'fault');
  assembly.add(A.immediateTo(7, EBX, L.PIC_BASE)).to(A.jumpIf(A.BELOW), 'fault');
  assembly.add(A.immediateTo(7, EBX, L.PIC_LAST)).to(A.jumpIf(A.ABOVE), 'return');
  assembly.add(...outByte(0x20, 0x20), A.moveImmediate(EDX, 0x3fa), code(0xec)).to(A.JUMP, 'return');
}

/** A single step: every eighth one ends the tracing. */
function returns(assembly: Assembly): void {
  assembly.label('traced').add(
    code(0xff, ...A.operand(0, at(L.STEPS_TRACED))), code(0xf6, ...A.operand(0, at(L.STEPS_TRACED)), 7),
  ).to(A.jumpIf(A.NOT_EQUAL), 'return').add(A.immediateToMemory(4, based(ESP, FRAME_FLAGS), ~EFLAGS_TF));
  assembly.label('return').add(code(0x07), code(0x1f), A.POPA, A.immediateTo(0, ESP, 8), A.IRET);
}

/** A fault in the user program goes on there, any other in ring 0, each with its ring's plain segments and stack. */
function faults(assembly: Assembly): void {
  assembly.label('fault').add(
    A.load(EAX, based(ESP, FRAME_EIP)), A.load(ECX, based(ESP, FRAME_CS)), A.immediateTo(4, ECX, 3), A.immediateTo(7, ECX, 3),
  ).to(A.jumpIf(A.EQUAL), 'user fault');
  nextSlot(assembly, {name: 'kernel', from: L.BODIES.first, to: L.BODIES.second + L.PAGE, resume: L.KERNEL_RESUME});
  assembly.add(
    A.store(at(L.NEW_EIP), EAX), A.load(EAX, based(ESP, FRAME_FLAGS)), A.immediateTo(4, EAX, KEPT_AFTER_FAULT), A.store(at(L.NEW_FLAGS), EAX),
    ...dataSegments(L.KERNEL_DS, SS, FS, GS), A.immediateTo(0, ESP, REGISTERS), A.POPA, A.moveImmediate(ESP, L.KERNEL_STACK_TOP),
    A.pushMemory(at(L.NEW_FLAGS)), A.pushImmediate(L.KERNEL_CS), A.pushMemory(at(L.NEW_EIP)), A.IRET,
  );
  assembly.label('user fault');
  nextSlot(assembly, {name: 'user', from: L.BODIES.user, to: L.BODIES.user + L.PAGE, resume: L.USER_RESUME});
  assembly.add(
    A.store(based(ESP, FRAME_EIP), EAX), A.storeImmediate(based(ESP, FRAME_CS), L.USER_CS), A.immediateToMemory(4, based(ESP, FRAME_FLAGS), KEPT_AFTER_FAULT),
    A.storeImmediate(based(ESP, FRAME_ESP), L.USER_STACK_TOP), A.storeImmediate(based(ESP, FRAME_SS), L.USER_DS),
    A.storeImmediate(based(ESP, 0), L.USER_DS), A.storeImmediate(based(ESP, SAVED_DS), L.USER_DS),
  ).to(A.JUMP, 'return');
}

interface Body { readonly name: string; readonly from: number; readonly to: number; readonly resume: number }

/** EAX becomes the address of the slot behind it; outside the body, the address the program left for that. */
function nextSlot(assembly: Assembly, {name, from, to, resume}: Body): void {
  assembly.add(A.immediateTo(7, EAX, from)).to(A.jumpIf(A.BELOW), `${name} astray`);
  assembly.add(A.immediateTo(7, EAX, to)).to(A.jumpIf(A.ABOVE_OR_EQUAL), `${name} astray`);
  assembly.add(A.immediateTo(4, EAX, ~(L.SLOT - 1)), A.immediateTo(0, EAX, L.SLOT)).to(A.JUMP, `${name} goes on`);
  assembly.label(`${name} astray`).add(A.load(EAX, at(resume))).label(`${name} goes on`);
}

export interface KernelCode {
  readonly pieces: readonly Piece[];
  /** Where the first kernel body goes on when it is done, and where the second ends the machine. */
  readonly toUser: number;
  readonly end: number;
}

export function kernel(setting: Setting): KernelCode {
  const assembly = new Assembly(L.KERNEL_CODE);
  start(assembly, setting);
  toUser(assembly, setting);
  finish(assembly);
  record(assembly);
  dispatch(assembly);
  returns(assembly);
  faults(assembly);
  assembly.label('first').add(A.moveImmediate(EAX, L.BODIES.first), code(0xff, 0xe0));
  assembly.label('second').add(...dataSegments(L.KERNEL_DS, SS, FS, GS), A.moveImmediate(ESP, L.KERNEL_STACK_TOP), A.pushImmediate(setting.kernelFlags & EFLAGS_IF), A.POPF,
    A.moveImmediate(EAX, L.BODIES.second), code(0xff, 0xe0));
  const stubs = Array.from({length: 256}, (_, vector) => stubOf(vector, assembly.address('handler')));
  return {
    pieces: [{address: L.KERNEL_CODE, bytes: assembly.bytes()}, ...stubs], toUser: assembly.address('to user'), end: assembly.address('end'),
  };
}

function stubOf(vector: number, handler: number): Piece {
  const pushes = [...(WITH_ERROR_CODE.has(vector) ? [] : [0x6a, 0]), ...A.pushImmediate(vector).bytes];
  const next = stub(vector) + pushes.length + 5;
  const bytes = Uint8Array.from([...pushes, 0xe9, ...A.little(handler - next, 4)]);
  if (bytes.length > STUB_BYTES) throw new Error('a stub is longer than its place');
  return {address: stub(vector), bytes};
}
