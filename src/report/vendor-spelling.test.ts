import test from 'ava';
import type {Kind} from '../ledger/context.ts';
import {shownReason} from './vendor-spelling.ts';

const ROWS: ReadonlyArray<readonly [host: string, kind: Kind, reason: string, detail: string, shown: string]> = [
  ['zen-2017', 'exit', 'EPT_VIOLATION', 'first-touch', 'NPF'], ['zen-2017', 'exit', 'IO_INSTRUCTION', 'out-0x70', 'IOIO'],
  ['zen-2017', 'exit', 'CR_ACCESS', 'write-cr3', 'CR3_WRITE'], ['zen-2017', 'exit', 'CR_ACCESS', 'read-cr3', 'CR3_READ'], ['zen-2017', 'exit', 'CR_ACCESS', 'clts', 'CR0_WRITE'],
  ['zen-2017', 'exit', 'EXCEPTION_NMI', 'ud', 'EXCP6'], ['zen-2017', 'exit', 'EXCEPTION_NMI', 'pf-hidden', 'EXCP14'],
  ['zen-2017', 'exit', 'GDTR_IDTR_ACCESS', 'lidt', 'IDTR_WRITE'], ['zen-2017', 'exit', 'LDTR_TR_ACCESS', 'sldt', 'LDTR_READ'], ['zen-2017', 'exit', 'LDTR_TR_ACCESS', 'ltr', 'TR_WRITE'],
  ['zen-2017', 'exit', 'RDMSR', 'msr-0x10', 'MSR'], ['zen-2017', 'exit', 'CPUID', 'cpuid', 'CPUID'], ['zen-2017[tagged-tlb=off]', 'exit', 'EXTERNAL_INTERRUPT', 'timer', 'INTR'],
  ['zen-2017', 'fault', 'EXCEPTION_NMI', 'pf', 'EXCEPTION_NMI'], ['nehalem-2009', 'exit', 'EPT_VIOLATION', 'first-touch', 'EPT_VIOLATION'],
  ['a-host-of-another-version', 'exit', 'CPUID', 'cpuid', 'CPUID'],
];
for (const [host, kind, reason, detail, shown] of ROWS) {
  test(`${reason} ${detail} as ${kind} on ${host} is shown as ${shown}`, t => t.is(shownReason({host}, {kind, reason, detail}), shown));
}
