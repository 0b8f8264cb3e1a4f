// Traps per operation in the steady state, (count at 1,000 operations - count at 100) / 900, exactly, each with its reason; and
// what the audit says of instructions that are sensitive but unprivileged.
import test from 'ava';
import {disassemble} from '../../../src/lab/disassembly.ts';
import {runGuest, type GuestRun} from '../../../src/lab/guest-run.ts';
import {guestImage} from '../../../src/lab/guests/guests.ts';
import {catalogue, cellSpec} from '../../../src/lab/testing/real-cells.ts';

const PLAIN = 'pentium4-2005';
const VIRTUALIZABLE = 'pentium4-2005[virtualizable]';
const RING_1 = 'trap-and-emulate+shadow';
const RING_3 = 'trap-and-emulate[model=0/3]+shadow';
const RING_1_IRET = 'trap-and-emulate[iret=trap]+shadow';
const RING_3_IRET = 'trap-and-emulate[iret=trap,model=0/3]+shadow';
/** Columns of the tables below. */
const SETTINGS = [
  [RING_1, PLAIN], [RING_3_IRET, PLAIN], [RING_1_IRET, PLAIN], [RING_1, VIRTUALIZABLE], [RING_3, VIRTUALIZABLE],
] as const;

/** Operations of src/lab/guests/instructions.c by number. */
const INSTRUCTIONS = [
  'CLI', 'STI', 'INVLPG', 'CPUID', 'RDTSC', 'CLTS', 'IN', 'MOV from CR0', 'SGDT', 'SIDT', 'SLDT', 'SMSW', 'STR', 'PUSHF', 'POPF', 'LAR', 'LSL', 'VERR', 'VERW',
  'POP ES', 'PUSH CS', 'JMP far', 'CALL far and RET far', 'MOV from CS', 'MOV to ES',
];

const exitsOf = ({platform, region}: GuestRun): number => platform.transitions.list
  .reduce((sum, {from, to}, at) => sum + (from.startsWith('guest') && to === 'vmm' ? region.crossings[at] : 0), 0);

function exitsPerOperation(what: string, technique: string, host: string): number {
  const number = INSTRUCTIONS.indexOf(what);
  const run = (operations: number): GuestRun => runGuest(cellSpec(number < 0
    ? {workload: what, technique, host, params: {operations}}
    : {workload: guestImage('instructions'), technique, host, append: `what=${number} operations=${operations}`}), catalogue, {clock: 'cycles'});
  const [many, few] = [run(1000), run(100)];
  if (many.ending.outcome !== 'completed') throw new Error(`${what} under ${technique} on ${host}: ${many.ending.outcome}`);
  return (exitsOf(many) - exitsOf(few)) / 900;
}

type Row = readonly [what: string, exits: readonly [ring1: number, ring3Iret: number, ring1Iret: number, virtualizable1: number, virtualizable3: number], why: string];

const PRIVILEGED: readonly Row[] = [
  ['syscall', [1, 2, 2, 2, 4], 'INT n leaves; IRET to ring 3 runs silently unless its target is not present or it traps; in ring 3 the two data segments of ring 3 loaded on the way back trap too'],
  ['divzero', [1, 2, 2, 2, 4], 'as the system call, with #DE for INT n'],
  ['cr3wr', [1, 1, 1, 1, 1], 'MOV to CR3 is privileged'],
  ['in', [1, 1, 1, 1, 1], 'IN needs IOPL'],
  ['ptemod', [1, 1, 1, 1, 1], 'the traced write'],
  ['pgfault', [4, 4, 4, 4, 4], 'true fault, MOV from CR2, traced write, and IRET to selectors of ring 0, which is a return to an inner ring'],
  ['callret', [0, 0, 0, 0, 0], 'nothing privileged'],
  ['CLI', [1, 1, 1, 1, 1], 'needs IOPL'],
  ['STI', [1, 1, 1, 1, 1], 'needs IOPL'],
  ['INVLPG', [1, 1, 1, 1, 1], 'privileged'],
  ['CLTS', [1, 1, 1, 1, 1], 'privileged'],
  ['MOV from CR0', [1, 1, 1, 1, 1], 'privileged'],
  ['CPUID', [0, 0, 0, 0, 0], 'unprivileged: it shows the host\'s'],
  ['RDTSC', [0, 0, 0, 0, 0], 'unprivileged while CR4.TSD is clear'],
];

/** RI00: none of these raises an exception in an outer ring; a virtualizable processor makes those trap whose result tells. */
const SENSITIVE: readonly Row[] = [
  ...['SGDT', 'SIDT', 'SLDT', 'SMSW', 'STR', 'PUSHF', 'POPF', 'LAR', 'LSL', 'VERR', 'VERW', 'PUSH CS', 'JMP far', 'MOV from CS'].map((what): Row =>
    [what, [0, 0, 0, 1, 1], 'sensitive but unprivileged']),
  ['CALL far and RET far', [0, 0, 0, 2, 2], 'two of them'],
  ['POP ES', [0, 0, 0, 0, 0], 'a segment of ring 0 asked for as ring 0 comes out the same from its shadow descriptor'],
  ['MOV to ES', [0, 0, 0, 0, 0], 'as POP ES'],
];

for (const [what, exits, why] of [...PRIVILEGED, ...SENSITIVE]) {
  test(`${what}: ${exits.join(', ')} traps an operation under ${SETTINGS.length} settings (${why})`, t => {
    t.deepEqual(SETTINGS.map(([technique, host]) => exitsPerOperation(what, technique, host)), [...exits]);
  });
}

/**
 * What is shown or lost in a kernel moved to ring 1 that has IF clear and IOPL 0: entries of the audit by operation. RET far finds
 * the selector that CALL far pushed, and takes ring 1 for its own where ring 0 would go out to it.
 */
const AUDIT: ReadonlyArray<readonly [what: string, instruction: string, differing: boolean, disassembly: string]> = [
  ['SGDT', 'SGDT', true, 'sgdt'], ['SIDT', 'SIDT', true, 'sidt'], ['STR', 'STR', true, 'str eax'], ['SMSW', 'SMSW', true, 'smsw eax'],
  ['SLDT', 'SLDT', false, ''], ['PUSHF', 'PUSHF', true, 'pushf'], ['POPF', 'POPF', false, ''],
  ['LAR', 'LAR', true, 'lar'], ['LSL', 'LSL', true, 'lsl'], ['VERR', 'VERR', false, ''], ['VERW', 'VERW', false, ''],
  ['POP ES', 'POP', false, ''], ['PUSH CS', 'PUSH', true, 'push cs'], ['JMP far', 'JMP far', false, ''],
  ['CALL far and RET far', 'CALL far', true, 'call'], ['CALL far and RET far', 'RET far', true, 'retf'],
  ['MOV from CS', 'MOV', true, 'mov eax,cs'],
];
for (const [what, instruction, differs, disassembly] of AUDIT) {
  test(`the audit of ${what}: ${instruction} ${differs ? 'shows' : 'does not show'} the VMM's state in ring 1`, t => {
    const append = `what=${INSTRUCTIONS.indexOf(what)} operations=1000`;
    const audited = (host: string): GuestRun['audit'][number] | undefined =>
      runGuest(cellSpec({workload: guestImage('instructions'), technique: RING_1, host, append}), catalogue, {clock: 'cycles'}).audit.find(use => use.instruction === instruction);
    const plain = audited(PLAIN);
    t.true((plain?.executed ?? 0) >= 1001);
    t.true(differs ? (plain?.differing ?? 0) >= 1001 : plain?.differing === 0, `${plain?.differing}`);
    t.true(plain?.trapped === 0 || instruction === 'MOV');
    if (differs) t.regex(disassemble(plain?.first?.bytes ?? [], plain?.first?.eip ?? 0), new RegExp(`^${disassembly}`));
    const trapping = audited(VIRTUALIZABLE);
    t.is(trapping?.differing, 0);
    if (instruction !== 'POP' && instruction !== 'MOV') t.is(trapping?.trapped, trapping?.executed);
  });
}
