// Non-maskable interrupts: whatever IF says, once at a time until IRET, and not behind MOV SS. Intel SDM vol. 3A, 6.7.
import test from 'ava';
import {hpa} from '../memory/address.ts';
import {EFLAGS_FIXED} from '../x86/flags.ts';
import {ESP} from '../x86/registers.ts';
import {run} from './run.ts';
import {STOP_HALT} from './state.ts';
import {Bench} from './testing/single.ts';

const IDT = 0x4000, HANDLER = 0x2000, CODE = 0x1000, GDT = 0x5000;

/** A processor whose vector 2 counts in EBX and returns. */
function withHandler(code: readonly number[], handler: readonly number[]): Bench {
  const bench = new Bench();
  const {cpu, memory} = bench;
  memory.writeBytes(hpa(CODE), Uint8Array.from(code));
  memory.writeBytes(hpa(HANDLER), Uint8Array.from(handler));
  memory.write32(hpa(IDT + 16), (8 << 16) | HANDLER);
  memory.write32(hpa(IDT + 20), 0x8e00);
  memory.write32(hpa(GDT + 8), 0xffff);
  memory.write32(hpa(GDT + 12), 0x00cf_9b00);
  memory.write32(hpa(GDT + 16), 0xffff);
  memory.write32(hpa(GDT + 20), 0x00cf_9300);
  Object.assign(cpu, {idtBase: IDT, idtLimit: 0x7ff, gdtBase: GDT, gdtLimit: 0x17, eip: CODE, eflags: EFLAGS_FIXED, instructionLimit: 100, instructionsLeft: 100});
  cpu.r.fill(0);
  cpu.r[ESP] = 0x8000;
  cpu.rearm();
  return bench;
}

const INC_EBX = 0x43, IRET = 0xcf, HLT = 0xf4, NOP = 0x90;

test('an NMI is taken with interrupts disabled, and its handler returns', t => {
  const {cpu} = withHandler([NOP, NOP, HLT], [INC_EBX, IRET]);
  cpu.nmi = true;
  run(cpu);
  t.is(cpu.stop, STOP_HALT);
  t.is(cpu.r[3], 1);
  t.false(cpu.nmiBlocked);
});

test('an NMI waits while one is being handled, until IRET', t => {
  const {cpu} = withHandler([NOP, NOP, HLT], [INC_EBX, IRET]);
  cpu.nmi = true;
  cpu.nmiBlocked = true;
  run(cpu);
  t.is(cpu.r[3], 0);
  t.true(cpu.nmi);
});

test('an NMI is held off behind MOV SS', t => {
  // MOV EAX, 10h; MOV SS, AX; INC ECX; HLT, the NMI coming with MOV SS.
  const {cpu} = withHandler([0xb8, 0x10, 0, 0, 0, 0x8e, 0xd0, 0x41, NOP, HLT], [0x89, 0xca, INC_EBX, IRET]);
  cpu.instructionsLeft = cpu.instructionLimit = 2;
  run(cpu);
  cpu.nmi = true;
  cpu.instructionsLeft = cpu.instructionLimit = 50;
  run(cpu);
  t.is(cpu.r[3], 1);
  t.is(cpu.r[2], 1, 'ECX as the handler found it');
});
