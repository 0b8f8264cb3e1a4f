// Results for tests of reports and views: small mechanisms of a few techniques on nano workloads, counted and charged so
// that every sum a real cell keeps holds here too. Not the model: nothing outside tests and the demonstration uses it.
import type {CellResult, Environment, EventCount, RunResult, SwitchCount, TechniqueName} from '../lab/result.ts';
import {COSTS, type CostName} from '../host/costs.ts';
import {CATEGORIES, type Category, type Grade, type Kind} from '../ledger/context.ts';

export const TESTING_TECHNIQUES = [
  'native', 'trap-and-emulate+shadow+emulated@hypervisor', 'binary-translation+shadow+emulated@hosted',
  'paravirtual+direct-paging+xen-ring@hybrid', 'hardware-assisted+shadow[policy=unsync]+emulated@hypervisor',
  'hardware-assisted+nested+emulated@hypervisor',
] as const;
export const TESTING_HOSTS = ['pentium4-2005', 'nehalem-2009'] as const;

/** Instructions of one operation, and `kind reason detail` of its exits by technique's CPU and memory part. */
const WORKLOADS: Readonly<Record<string, {instructions: number; exits: Readonly<Record<string, readonly string[]>>}>> = {
  syscall: {instructions: 24, exits: {'trap-and-emulate': ['fault EXCEPTION_NMI syscall'], 'binary-translation': ['fault EXCEPTION_NMI syscall', 'call callout iret']}},
  in: {instructions: 5, exits: {
    'trap-and-emulate': ['fault IO_INSTRUCTION in-0x80'], 'binary-translation': ['call callout in-0x80'],
    paravirtual: [], 'hardware-assisted': ['exit IO_INSTRUCTION in-0x80'],
  }},
  cr3wr: {instructions: 4, exits: {
    'trap-and-emulate': ['fault CR_ACCESS write-cr3'], 'binary-translation': ['call callout write-cr3'], paravirtual: ['hypercall mmuext_op write-cr3'],
    'hardware-assisted+shadow': ['exit CR_ACCESS write-cr3'],
  }},
  pgfault: {instructions: 61, exits: {
    'trap-and-emulate': ['fault EXCEPTION_NMI pf-true', 'fault EXCEPTION_NMI pf-trace'], 'binary-translation': ['fault EXCEPTION_NMI pf-true'],
    paravirtual: ['fault EXCEPTION_NMI pf-true', 'hypercall update_va_mapping '],
    'hardware-assisted+shadow': ['exit EXCEPTION_NMI pf-true', 'exit EXCEPTION_NMI pf-hidden'],
  }},
  ptemod: {instructions: 3, exits: {
    'trap-and-emulate': ['fault EXCEPTION_NMI pf-trace'], 'binary-translation': ['call callout pf-trace'], paravirtual: ['hypercall mmu_update '],
  }},
  cpuid: {instructions: 8, exits: {'binary-translation': ['call callout cpuid'], 'hardware-assisted': ['exit CPUID 0x1']}},
};
export const TESTING_WORKLOADS = Object.keys(WORKLOADS);

const OPERATIONS = 900;

/** Costs an exit of a kind is made of, and the unit costs of the two hosts. */
const EXIT_COSTS: Readonly<Partial<Record<Kind, readonly CostName[]>>> = {
  exit: ['vm_exit', 'vm_entry', 'exit_dispatch'], fault: ['exception_delivery', 'iret', 'instruction_emulation'],
  hypercall: ['interrupt_gate', 'iret'], call: ['exit_dispatch'],
};
const UNIT_COSTS: Readonly<Partial<Record<CostName, readonly [number, number, Grade]>>> = {
  insn_base: [2, 1, 'published'], walk_reference: [30, 12, 'estimated'], vm_exit: [1900, 520, 'derived'], vm_entry: [1300, 480, 'derived'],
  exit_dispatch: [240, 180, 'estimated'], exception_delivery: [740, 350, 'published'], iret: [330, 190, 'published'],
  instruction_emulation: [520, 380, 'remembered'], interrupt_gate: [610, 290, 'published'],
};

export function techniqueName(name: string): TechniqueName {
  if (name === 'native') return {name, cpu: 'native', memory: null, io: null, architecture: null};
  const [, cpu, memory, io, architecture] = /^([^+]+)\+([^+]+)\+([^@]+)@(.+)$/.exec(name)!;
  return {name, cpu, memory, io, architecture};
}

function exitsOf(workload: string, {cpu, memory}: TechniqueName): readonly string[] {
  const {exits} = WORKLOADS[workload];
  return exits[`${cpu}+${memory?.split('[')[0]}`] ?? exits[cpu] ?? [];
}

function edges(exits: readonly string[]): SwitchCount[] {
  return exits.flatMap((exit): SwitchCount[] => {
    const [kind, reason, detail] = exit.split(' ') as [Kind, string, string];
    return [
      {from: 'guest-kernel', to: 'vmm', kind, reason, detail, count: OPERATIONS},
      {from: 'vmm', to: 'guest-kernel', kind: 'return', reason: 'entry', detail: '', count: OPERATIONS},
    ];
  });
}

function events(instructions: number, exits: readonly string[], {host, nested}: {host: string; nested: boolean}): EventCount[] {
  const each = new Map<CostName, number>([['insn_base', instructions], ['walk_reference', nested ? 6 : 2]]);
  for (const exit of exits) for (const cost of EXIT_COSTS[exit.split(' ')[0] as Kind]!) each.set(cost, (each.get(cost) ?? 0) + 1);
  return [...each].map(([name, count]) => {
    const [pentium, nehalem, grade] = UNIT_COSTS[name]!;
    return {name, category: COSTS[name].category, count: count * OPERATIONS, unitCost: host === 'pentium4-2005' ? pentium : nehalem, grade};
  });
}

const noCycles = (): Record<Category, number> => Object.fromEntries(CATEGORIES.map((category) => [category, 0])) as Record<Category, number>;

const EMPTY = {
  clock: 'cycles', params: {}, measured: null, claimsEquivalence: true,
  feedback: {timerInterrupts: 0, rdtsc: 0, idleCycles: 0, deviceWaits: 0},
} as const;

/** A cell the lab would have refused. */
export function refusedCell(workload: string, technique: string, {host, reason}: {host: string; reason: string}): CellResult {
  return {
    ...EMPTY, workload, host, technique: techniqueName(technique), outcome: 'refused', reason, exitCode: null, console: '',
    instructions: {total: 0, region: 0, direct: 0, emulated: 0, hardware: 0, repIterations: 0},
    cycles: {total: 0, region: 0, byCategory: noCycles()}, switches: [], events: [], perOperation: null,
    equivalence: {verdict: 'not-checked', clock: null, detail: 'the cell was refused'},
  };
}

/** A cell of one of `TESTING_WORKLOADS`, with `changes` on top. */
export function testingCell(workload: string, technique: string, host: string, changes: Partial<CellResult> = {}): CellResult {
  const parts = techniqueName(technique);
  const exits = exitsOf(workload, parts);
  const counted = events(WORKLOADS[workload].instructions, exits, {host, nested: parts.memory === 'nested'});
  const byCategory = noCycles();
  for (const {category, count, unitCost} of counted) byCategory[category] += count * unitCost;
  const region = Object.values(byCategory).reduce((sum, cycles) => sum + cycles, 0);
  const instructions = WORKLOADS[workload].instructions * OPERATIONS;
  const switches = edges(exits);
  const silent = parts.cpu === 'trap-and-emulate' && workload === 'syscall';
  return {
    ...EMPTY, workload, host, technique: parts, outcome: 'completed', exitCode: 33, console: `${workload}: 900 operations\r\n${workload}: ok\r\n`,
    claimsEquivalence: parts.cpu !== 'trap-and-emulate',
    instructions: {total: instructions + 41_200, region: instructions, direct: instructions - exits.length * OPERATIONS, emulated: exits.length * OPERATIONS, hardware: instructions, repIterations: 0},
    cycles: {total: region + 912_004, region, byCategory}, switches, events: counted,
    perOperation: {
      operations: OPERATIONS, instructions: WORKLOADS[workload].instructions, cycles: region / OPERATIONS, exits: exits.length, switches: exits.length * 2,
    },
    equivalence: silent
      ? {verdict: 'not-equivalent', clock: 'instructions', detail: 'instruction 18,204 at 0xc0100a3e: popfd left IF = 1 where bare metal has IF = 0'}
      : {verdict: 'equivalent', clock: 'instructions', detail: 'console, exit, checkpoints and the running hash of registers'},
    ...changes,
  };
}

export const testingEnvironment: Environment = {
  worldswitch: '0.1.0', node: '24.21.0', platform: 'linux x64', cpuModel: 'A Processor', cpuCount: 2, startedAt: '2026-01-02T03:04:05.000Z',
  finishedAt: '2026-01-02T03:04:09.200Z', elapsedMs: 4200, command: ['worldswitch', 'run'],
  simplifications: ['Guest instructions cost by class; caches and pipelines are not modelled.'],
};

/** All workloads under all techniques on both hosts, in plan order; the older host lacks nested paging. */
export const testingCells = (workloads: readonly string[] = TESTING_WORKLOADS): CellResult[] =>
  workloads.flatMap((workload) => TESTING_HOSTS.flatMap((host) => TESTING_TECHNIQUES.map((technique) =>
    host === 'pentium4-2005' && technique.includes('nested')
      ? refusedCell(workload, technique, {host, reason: 'nested needs the host feature nested-paging, which pentium4-2005 lacks'})
      : testingCell(workload, technique, host))));

export const testingRun = (cells: readonly CellResult[] = testingCells(), changes: Partial<RunResult> = {}): RunResult =>
  ({schemaVersion: 1, complete: true, environment: testingEnvironment, cells, ...changes});
