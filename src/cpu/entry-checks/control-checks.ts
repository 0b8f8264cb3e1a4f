// Checks on the control fields and the host state of a VMCS. Intel SDM vol. 3C, 26.2.1 Checks on VMX Controls, 26.2.2 Checks
// on Host Control Registers and MSRs, 26.2.3 Checks on Host Segment and Descriptor-Table Registers.
import {CR0_NE, CR0_PE, CR0_PG, CR4_DEFINED} from '../../x86/control.ts';
import {AC, DF, GP, NMI, NO_ERROR_CODE, NP, PF, SS_FAULT, TS} from '../../x86/exceptions.ts';
import {MOST_CR3_TARGETS} from '../controls.ts';
import {EVENT_EXTERNAL, EVENT_HARDWARE_EXCEPTION, EVENT_NMI, EVENT_SOFTWARE_EXCEPTION, isSoftwareEvent} from '../exit-record.ts';
import type {GuestEvent} from '../exit-record.ts';
import type {Cpu} from '../state.ts';
import {check} from './row.ts';

/** A 4 KiB page of host memory. */
const isPage = (c: Cpu, address: number): boolean => address >= 0 && address % 4096 === 0 && address + 4096 <= c.memory.size;

const PUSHES_ERROR_CODE: ReadonlySet<number> = new Set([DF, TS, NP, SS_FAULT, GP, PF, AC]);
const LAST_EXCEPTION = 31, LONGEST_INSTRUCTION = 15;

function vectorFits({type, vector}: GuestEvent): boolean {
  if (type === EVENT_NMI) return vector === NMI;
  return type === EVENT_HARDWARE_EXCEPTION ? vector <= LAST_EXCEPTION : vector >= 0 && vector <= 255;
}

const carriesCode = ({errorCode}: GuestEvent): boolean => errorCode !== NO_ERROR_CODE;
/** In real mode nothing does. */
const wantsCode = (c: Cpu, {type, vector}: GuestEvent): boolean => (c.cr0 & CR0_PE) !== 0 && type === EVENT_HARDWARE_EXCEPTION && PUSHES_ERROR_CODE.has(vector);

export const CONTROL_CHECKS = [
  check('there are at most four CR3-target values', c => c.controls.cr3Targets.length <= MOST_CR3_TARGETS),
  check('I/O bitmap A is a page of physical memory', c => !c.controls.useIoBitmaps || isPage(c, c.controls.ioBitmapA)),
  check('I/O bitmap B is a page of physical memory', c => !c.controls.useIoBitmaps || isPage(c, c.controls.ioBitmapB)),
  check('the MSR bitmaps are a page of physical memory', c => !c.controls.useMsrBitmaps || isPage(c, c.controls.msrBitmap)),
  check('the virtual-processor identifier is not 0', c => !c.controls.enableVpid || c.controls.vpid !== 0),
  check('the nested-paging root is a page of physical memory', c => !c.controls.nestedPaging || isPage(c, c.controls.nestedRoot)),
  check('unrestricted guest comes with nested paging', c => !c.controls.unrestrictedGuest || c.controls.nestedPaging),
  check('the type of the injected event is defined', (_, e) => e === null || (e.type >= EVENT_EXTERNAL && e.type <= EVENT_SOFTWARE_EXCEPTION && e.type !== 1)),
  check('the vector of the injected event fits its type', (_, e) => e === null || vectorFits(e)),
  check('the injected event carries an error code just where its exception has one', (c, e) => e === null || carriesCode(e) === wantsCode(c, e)),
  check('bits 31:16 of the injected error code are 0', (_, e) => e === null || !carriesCode(e) || e.errorCode >>> 16 === 0),
  check('the instruction behind an injected software event has 1 to 15 bytes', ({controls: {entryInstructionLength: length}}, e) =>
    e === null || !isSoftwareEvent(e.type) || (length >= 1 && length <= LONGEST_INSTRUCTION)),
];

const FIXED_CR0 = CR0_PE | CR0_NE | CR0_PG;
/** RPL and table indicator. */
const LOW_BITS = 7;

export const HOST_CHECKS = [
  check('host CR0 has PE, NE and PG set', c => (c.controls.host.cr0 & FIXED_CR0) === FIXED_CR0),
  check('host CR4 has no reserved bit set', c => (c.controls.host.cr4 & ~CR4_DEFINED) === 0),
  check('RPL and TI of the host selectors are 0', ({controls: {host}}) =>
    ((host.cs | host.ss | host.ds | host.es | host.fs | host.gs | host.tr) & LOW_BITS) === 0),
  check('host CS is not null', c => c.controls.host.cs !== 0),
  check('host SS is not null', c => c.controls.host.ss !== 0),
  check('host TR is not null', c => c.controls.host.tr !== 0),
];
