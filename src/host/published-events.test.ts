// Single events against the publications a profile was calibrated on: a profile that does not reproduce its own inputs
// is wrong. This is no validation; what was held out is checked elsewhere, on whole workloads.
import test from 'ava';
import {findHost} from './catalogue.ts';
import {COST_NAMES, costNumber} from './costs.ts';
import type {CostName} from './costs.ts';
import {price} from './price.ts';

type Path = Partial<Record<CostName, number>>;

const through = (...paths: readonly Path[]): Path => {
  const sum: Path = {};
  for (const name of COST_NAMES) sum[name] = paths.reduce((count, path) => count + (path[name] ?? 0), 0);
  return sum;
};

function cycles(host: string, path: Path): number {
  const {units} = price(findHost(host));
  return COST_NAMES.reduce((sum, name) => sum + (path[name] ?? 0) * units[costNumber[name]], 0);
}

const roundTrip: Path = {vm_exit: 1, vm_entry: 1};
/** Exit reason, guest RIP and one more field read, guest RIP written. */
const nullExit = through(roundTrip, {exit_dispatch: 1, vmcs_read: 3, vmcs_write: 1});
const nativeFault: Path = {exception_delivery: 1, iret: 1};
const injectedFault = through(nullExit, {shadow_classify: 1, event_injection: 1}, nativeFault);

interface Row {
  readonly event: string;
  readonly host: string;
  readonly path: Path;
  readonly published: number;
  /** Largest relative difference accepted. */
  readonly within: number;
  readonly source: string;
}

const P = 'pentium4-2005';
const N = 'nehalem-2009';
const rows: readonly Row[] = [
  {event: 'native page fault', host: P, path: nativeFault, published: 1093, within: 0.01, source: 'AA06 pgfault'},
  {event: 'native divide fault', host: P, path: nativeFault, published: 889, within: 0.25, source: 'AA06 divzero'},
  {event: 'native system call by INT and IRET', host: P, path: {interrupt_gate: 1, iret: 1}, published: 470 + 325, within: 0.01, source: 'AGNER Prescott'},
  {event: 'native port IN', host: P, path: {port_io: 1}, published: 3209, within: 0.01, source: 'AA06 in'},
  {event: 'native CALL and RET', host: P, path: {near_call: 1, near_return: 1}, published: 11, within: 0.01, source: 'AA06 call/ret'},
  {event: 'VT-x: divide fault without exit', host: P, path: through(nativeFault, {nonroot_exception: 1}), published: 1014, within: 0.25, source: 'AA06 divzero'},
  {
    event: 'VT-x: page-table store, traced and updated', host: P, path: through(nullExit, {instruction_emulation: 1, shadow_sync: 1}),
    published: 12733, within: 0.25, source: 'AA06 ptemod',
  },
  {event: 'VT-x: true page fault, injected', host: P, path: injectedFault, published: 11242, within: 0.25, source: 'AA06 pgfault'},
  {
    event: 'VT-x: true page fault, its two extra VMCS writes counted', host: P, path: through(injectedFault, {vmcs_write: 2}),
    published: 11242, within: 0.25, source: 'AA06 pgfault',
  },
  {event: 'VT-x: port IN', host: P, path: through(nullExit, {port_emulation: 1}), published: 15826, within: 0.25, source: 'AA06 in'},
  {event: 'round trip', host: P, path: roundTrip, published: 3963, within: 0.15, source: 'AGE12 table 1'},
  {event: 'round trip', host: N, path: roundTrip, published: 940, within: 0.15, source: 'VML i5-760'},
  {event: 'round trip', host: N, path: roundTrip, published: 1009, within: 0.15, source: 'AGE12 table 1'},
  {event: 'null exit through the kernel', host: N, path: nullExit, published: 2000, within: 0.15, source: 'SPLITX'},
];

for (const {event, host, path, published, within, source} of rows) {
  test(`${host}: ${event} is ${published} cycles +-${within * 100} % (${source})`, t => {
    const ours = cycles(host, path);
    t.true(Math.abs(ours / published - 1) <= within, `${ours} against ${published}`);
  });
}

test('nehalem-2009: an exit completed in a process costs 2.3 to 5 times one completed in the kernel (NEM, PVM23)', t => {
  const inProcess = cycles(N, through(nullExit, {host_user_switch: 2, port_emulation: 1}));
  const ratio = inProcess / cycles(N, through(nullExit, {cpuid_emulation: 1}));
  t.true(ratio >= 2.3 && ratio <= 5, `${ratio}`);
});
