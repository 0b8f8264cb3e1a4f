// A domain for tests: a kernel of this folder's guests on real strategies, with the strategies in reach.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {findHost} from '../../../src/host/catalogue.ts';
import {packageFolder} from '../../../src/lab/own-files.ts';
import type {Ending} from '../../../src/machine/outcome.ts';
import {Platform} from '../../../src/machine/platform.ts';
import type {Transition} from '../../../src/ledger/transitions.ts';
import {buildDomain} from '../../../src/vmm/paravirtual/domain-builder.ts';
import {Vmm} from '../../../src/vmm/vmm.ts';
import hypervisor from '../../architecture/hypervisor/index.ts';
import emulated from '../../io/emulated/index.ts';
import directPaging from '../../memory/direct-paging/index.ts';
import paravirtual from './index.ts';

const MIB = 2 ** 20;

export const guestFile = (name: string): string => join(packageFolder, 'plugins/cpu/paravirtual/guests', `${name}.elf`);

export interface DomainRun {
  readonly ending: Ending;
  readonly exitCode: number | null;
  readonly console: string;
  readonly statistics: Readonly<Record<string, number>>;
  /** Crossings of the measured region. */
  readonly crossings: ReadonlyArray<Transition & {readonly count: number}>;
  /** What the books of frames lack, or null. */
  readonly audit: string | null;
}

export interface DomainRequest {
  readonly guest: string;
  readonly append?: string;
  readonly options?: Readonly<Record<string, string | number | boolean>>;
  readonly maxInstructions?: number;
}

export function runDomain({guest, append = '', options = {writable: 'assist'}, maxInstructions = 5e6}: DomainRequest): DomainRun {
  const platform = new Platform({host: findHost('pentium4-2005'), clock: 'cycles', guestMemory: 16 * MIB, hostMemory: 32 * MIB, maxInstructions});
  const vmm = new Vmm(platform);
  const memory = directPaging.create(vmm, options);
  vmm.guest.place(4096);
  vmm.takeOver({memory, io: emulated.create(vmm, {}), architecture: hypervisor.create(vmm, {})});
  const cpu = paravirtual.create(vmm, {gate: 'direct'});
  buildDomain(vmm, {file: guest, bytes: readFileSync(guestFile(guest)), commandLine: append});
  const ending = cpu.run();
  const {region} = platform.recorder.finish();
  return {
    ending, exitCode: platform.exitCode, console: String.fromCharCode(...platform.console), statistics: {...cpu.statistics?.(), ...memory.statistics?.()},
    crossings: platform.transitions.list.map((edge, at) => ({...edge, count: region.crossings[at] ?? 0})).filter(({count}) => count > 0),
    audit: (memory as typeof memory & {audit(): string | null}).audit(),
  };
}

/** How often control left the guest in the measured region. */
export const entries = ({crossings}: DomainRun, reason = ''): number =>
  crossings.filter(({from, to}) => from.startsWith('guest') && to === 'vmm').filter(edge => reason === '' || edge.reason === reason).reduce((sum, {count}) => sum + count, 0);
