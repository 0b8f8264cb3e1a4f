// The counts a reviewer checks by hand: crossings per operation in the steady state, (count at 1,000 operations - count at
// 100) / 900, exactly. The expectations are those of the techniques' definitions, not of an earlier run.
import test from 'ava';
import {steadyState} from './testing/steady-state.ts';
import {switchesOf} from './testing/switches.ts';

/** Crossings of one operation by reason and detail, those that occur. */
function perOperation(workload: string, technique: string, params: Record<string, number> = {}): Record<string, number> {
  return steadyState(operations => switchesOf({workload, technique, params: {...params, operations}}), ({from, to, reason, detail}) => `${from} > ${to} ${reason} ${detail}`);
}

const SYSCALL = {'guest-user > guest-kernel syscall int-0x80': 1, 'guest-kernel > guest-user iret iret': 1};
const DIVIDE = {'guest-user > guest-kernel EXCEPTION_NMI de': 1, 'guest-kernel > guest-user iret iret': 1};
const exit = (reason: string, details: readonly string[]): Record<string, number> => ({
  ...Object.fromEntries(details.map(detail => [`guest-kernel > vmm ${reason} ${detail}`, 1])),
  'vmm > guest-kernel vm-entry vm-entry': details.length,
});
const HOSTED_PATH = {
  'vmm > host-kernel world-switch in-0x80': 1, 'host-kernel > host-user device-model in-0x80': 1,
  'host-user > host-kernel device-model in-0x80': 1, 'host-kernel > vmm world-switch in-0x80': 1,
};
const SHADOW = 'hardware-assisted+shadow';
const NESTED = 'hardware-assisted+nested';
/** Under an emulator the guest's rings are data. */
const NO_CROSSING = ['syscall', 'divzero', 'in', 'cr3wr', 'pgfault', 'ptemod', 'callret'];

type Row = readonly [workload: string, technique: string, params: Record<string, number>, expected: Record<string, number>];
const ROWS: readonly Row[] = [
  ['syscall', 'native', {}, SYSCALL],
  ['syscall', SHADOW, {}, SYSCALL],
  ['syscall', NESTED, {}, SYSCALL],
  ['divzero', 'native', {}, DIVIDE],
  ['divzero', SHADOW, {}, DIVIDE],
  ['divzero', NESTED, {}, DIVIDE],
  ['in', 'native', {}, {}],
  ['in', SHADOW, {}, exit('IO_INSTRUCTION', ['in-0x80'])],
  ['in', NESTED, {}, exit('IO_INSTRUCTION', ['in-0x80'])],
  ['in', `${SHADOW}@hosted`, {}, {...exit('IO_INSTRUCTION', ['in-0x80']), ...HOSTED_PATH}],
  ['in', `${NESTED}@hosted`, {}, {...exit('IO_INSTRUCTION', ['in-0x80']), ...HOSTED_PATH}],
  ['cr3wr', 'native', {}, {}],
  ['cr3wr', SHADOW, {}, exit('CR_ACCESS', ['write-cr3'])],
  ['cr3wr', `${SHADOW}[policy=unsync]`, {}, exit('CR_ACCESS', ['write-cr3'])],
  ['cr3wr', NESTED, {}, {}],
  ['pgfault', 'native', {}, {}],
  ['pgfault', SHADOW, {}, exit('EXCEPTION_NMI', ['pf-true', 'pf-trace'])],
  ['pgfault', SHADOW, {accessed: 0}, exit('EXCEPTION_NMI', ['pf-true', 'pf-trace', 'pf-hidden'])],
  ['pgfault', `${SHADOW}[write=zap]`, {}, exit('EXCEPTION_NMI', ['pf-true', 'pf-trace', 'pf-hidden'])],
  ['pgfault', `${SHADOW}[write=zap]`, {accessed: 0}, exit('EXCEPTION_NMI', ['pf-true', 'pf-trace', 'pf-hidden'])],
  ['pgfault', `${SHADOW}[bypass]`, {}, exit('EXCEPTION_NMI', ['pf-trace'])],
  ['pgfault', `${SHADOW}[bypass]`, {accessed: 0}, exit('EXCEPTION_NMI', ['pf-trace', 'pf-hidden'])],
  ['pgfault', `${SHADOW}[bypass,write=zap]`, {}, exit('EXCEPTION_NMI', ['pf-trace', 'pf-hidden'])],
  ['pgfault', `${SHADOW}[policy=unsync]`, {}, exit('EXCEPTION_NMI', ['pf-true', 'pf-hidden'])],
  ['pgfault', `${SHADOW}[policy=unsync]`, {accessed: 0}, exit('EXCEPTION_NMI', ['pf-true', 'pf-hidden'])],
  ['pgfault', `${SHADOW}[policy=virtual-tlb]`, {}, exit('EXCEPTION_NMI', ['pf-true', 'pf-hidden'])],
  ['pgfault', `${SHADOW}@hosted`, {}, exit('EXCEPTION_NMI', ['pf-true', 'pf-trace'])],
  ['pgfault', NESTED, {}, {}],
  ['ptemod', 'native', {}, {}],
  ['ptemod', SHADOW, {}, exit('EXCEPTION_NMI', ['pf-trace'])],
  ['ptemod', `${SHADOW}[write=zap]`, {}, exit('EXCEPTION_NMI', ['pf-trace'])],
  ['ptemod', `${SHADOW}[bypass]`, {}, exit('EXCEPTION_NMI', ['pf-trace'])],
  ['ptemod', `${SHADOW}[policy=unsync]`, {}, {}],
  ['ptemod', `${SHADOW}[policy=virtual-tlb]`, {}, {}],
  ['ptemod', NESTED, {}, {}],
  ['callret', SHADOW, {}, {}],
  ['callret', NESTED, {}, {}],
  ...NO_CROSSING.map((workload): Row => [workload, 'interpretation+software-mmu@hosted', {}, {}]),
  ...NO_CROSSING.map((workload): Row => [workload, 'dynamic-translation+software-mmu@hosted', {}, {}]),
];

for (const [workload, technique, params, expected] of ROWS) {
  const shown = Object.entries(params).map(([name, value]) => `[${name}=${value}]`).join('');
  test(`${workload}${shown} under ${technique}: crossings per operation`, t => {
    t.deepEqual(perOperation(workload, technique, params), expected);
  });
}
