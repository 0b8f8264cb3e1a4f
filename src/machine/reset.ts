// The state in which a Multiboot loader hands over: 32-bit protected mode, flat segments, paging and interrupts off.
// Multiboot Specification 0.6.96, 3.2 Machine state.
import type {Cpu} from '../cpu/state.ts';
import {CR0_ET, CR0_PE} from '../x86/control.ts';
import {DESCRIPTOR_ACCESSED, DESCRIPTOR_CODE, DESCRIPTOR_DB, DESCRIPTOR_GRANULARITY, DESCRIPTOR_PRESENT, DESCRIPTOR_S, DESCRIPTOR_WRITABLE, TYPE_TSS_BUSY} from '../x86/descriptors.ts';
import {EFLAGS_FIXED} from '../x86/flags.ts';
import {CS, DS, EAX, EBX, ES, FS, GS, LDTR, SS, TR} from '../x86/registers.ts';

const FLAT = DESCRIPTOR_PRESENT | DESCRIPTOR_S | DESCRIPTOR_ACCESSED | DESCRIPTOR_WRITABLE | DESCRIPTOR_DB | DESCRIPTOR_GRANULARITY;
const CODE_SELECTOR = 0x08;
const DATA_SELECTOR = 0x10;

/** What the loader leaves in registers. */
export interface Handover {
  readonly entry: number;
  readonly magic: number;
  readonly infoAddress: number;
}

export function resetForMultiboot(c: Cpu, {entry, magic, infoAddress}: Handover): void {
  c.r.fill(0);
  c.r[EAX] = magic;
  c.r[EBX] = infoAddress;
  c.eip = entry | 0;
  c.eflags = EFLAGS_FIXED;
  c.cr0 = CR0_PE | CR0_ET;
  c.setCpl(0);
  c.setSegment(CS, CODE_SELECTOR, 0, 0xffff_ffff, FLAT | DESCRIPTOR_CODE);
  for (const segment of [DS, ES, FS, GS, SS]) c.setSegment(segment, DATA_SELECTOR, 0, 0xffff_ffff, FLAT);
  c.setSegment(LDTR, 0, 0, 0, 0);
  c.setSegment(TR, 0, 0, 0xffff, DESCRIPTOR_PRESENT | (TYPE_TSS_BUSY << 8));
}
