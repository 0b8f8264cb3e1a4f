// What comes first when an instruction both faults and leaves: privilege and I/O permission before the exit, the exit before
// everything else. Intel SDM vol. 3C, 25.1.1 Relative Priority of Faults and VM Exits.
import test from 'ava';
import {CR0_ET, CR0_NW, CR0_PE, CR0_PG} from '../x86/control.ts';
import {GP, SS_FAULT} from '../x86/exceptions.ts';
import {EXIT_REASONS, exitReasonName} from '../x86/exit-reasons.ts';
import {DS, ES, SS} from '../x86/registers.ts';
import {STOP_EXIT, type Cpu} from './state.ts';
import {Bench, type Registers} from './testing/single.ts';

interface Row {
  readonly what: string;
  readonly code: readonly number[];
  readonly registers?: Registers;
  readonly prepare?: (c: Cpu) => void;
  /** A vector, or an exit by name. */
  readonly first: number | keyof typeof EXIT_REASONS;
}

const ring3 = (c: Cpu): void => c.setCpl(3);
const nullData = (c: Cpu): void => {
  c.setSegment(DS, 0, 0, 0, 0);
  c.setSegment(ES, 0, 0, 0, 0);
};
const UNKNOWN_MSR = 0x7ff;

const ROWS: readonly Row[] = [
  {what: 'RDMSR in ring 3', code: [0x0f, 0x32], prepare: ring3, first: GP},
  {what: 'RDMSR of a register that does not exist', code: [0x0f, 0x32], registers: {ecx: UNKNOWN_MSR}, first: 'RDMSR'},
  {what: 'WRMSR of a register that does not exist', code: [0x0f, 0x30], registers: {ecx: UNKNOWN_MSR}, first: 'WRMSR'},
  {what: 'HLT in ring 3', code: [0xf4], prepare: ring3, first: GP},
  {what: 'INVLPG in ring 3', code: [0x0f, 0x01, 0x38], prepare: ring3, first: GP},
  {what: 'INVLPG through a null segment', code: [0x0f, 0x01, 0x38], prepare: nullData, first: 'INVLPG'},
  {what: 'INVLPG of a register', code: [0x0f, 0x01, 0xf8], first: 6},
  {what: 'IN without I/O permission', code: [0xe4, 0x80], prepare: ring3, first: GP},
  {what: 'IN in ring 0', code: [0xe4, 0x80], first: 'IO_INSTRUCTION'},
  {what: 'INS without I/O permission', code: [0x6c], prepare: ring3, first: GP},
  {what: 'INS into a null segment', code: [0x6c], prepare: nullData, first: 'IO_INSTRUCTION'},
  {what: 'OUTS from a null segment', code: [0x6e], prepare: nullData, first: 'IO_INSTRUCTION'},
  {what: 'MOV to CR0 of a value that is not allowed', code: [0x0f, 0x22, 0xc0], registers: {eax: CR0_PE | CR0_ET | CR0_NW}, first: 'CR_ACCESS'},
  {what: 'MOV to CR0 in ring 3', code: [0x0f, 0x22, 0xc0], prepare: ring3, first: GP},
  {what: 'MOV to CR4 of a reserved bit', code: [0x0f, 0x22, 0xe0], registers: {eax: 1 << 30}, first: 'CR_ACCESS'},
  {what: 'MOV to CR0 of a value that is not allowed, no owned bit touched', code: [0x0f, 0x22, 0xc0], registers: {eax: CR0_PE | CR0_ET | CR0_NW},
    prepare: c => { c.controls.cr0Mask = CR0_PG; }, first: GP},
  {what: 'LMSW of an operand that cannot be read', code: [0x0f, 0x01, 0x30], prepare: nullData, first: GP},
  {what: 'LMSW through a stack segment that cannot be read', code: [0x36, 0x0f, 0x01, 0x30], prepare: c => c.setSegment(SS, 0, 0, 0, 0), first: SS_FAULT},
  {what: 'SGDT to a null segment', code: [0x0f, 0x01, 0x00], prepare: nullData, first: 'GDTR_IDTR_ACCESS'},
  {what: 'LGDT in ring 3', code: [0x0f, 0x01, 0x10], prepare: ring3, first: GP},
  {what: 'STR to a null segment', code: [0x0f, 0x00, 0x08], prepare: nullData, first: 'LDTR_TR_ACCESS'},
  {what: 'RDPMC in ring 3', code: [0x0f, 0x33], prepare: ring3, first: GP},
  {what: 'RDPMC of a counter that does not exist', code: [0x0f, 0x33], first: 'RDPMC'},
  {what: 'CPUID in ring 3', code: [0x0f, 0xa2], prepare: ring3, first: 'CPUID'},
  {what: 'PAUSE', code: [0xf3, 0x90], first: 'PAUSE'},
  {what: 'INT3', code: [0xcc], first: 'EXCEPTION_NMI'},
];

for (const {what, code, registers = {}, prepare = () => {}, first} of ROWS) {
  test(`${what}: ${typeof first === 'number' ? `exception ${first}` : `exit ${first}`}`, t => {
    const bench = new Bench();
    const {cpu} = bench;
    cpu.nonRoot = true;
    Object.assign(cpu.controls, {
      exceptionBitmap: -1, halt: true, invlpg: true, rdpmc: true, pause: true, descriptorTables: true, cr0Mask: -1, cr0Shadow: cpu.cr0, cr4Mask: -1,
    });
    prepare(cpu);
    bench.run(code, registers);
    t.is(cpu.stop, STOP_EXIT);
    if (typeof first === 'number') t.is(cpu.exit.vector, first);
    else t.is(exitReasonName(cpu.exit.reason), first);
    t.is(cpu.eip, 0x1000);
  });
}
