// The state in which a boot loader hands over: 32-bit protected mode, flat segments, paging and interrupts off. Multiboot
// Specification 0.6.96, 3.2 Machine state; Linux, Documentation/x86/boot.rst, "32-bit Boot Protocol".
import type {Cpu} from '../cpu/state.ts';
import {CR0_ET, CR0_PE} from '../x86/control.ts';
import {DESCRIPTOR_ACCESSED, DESCRIPTOR_CODE, DESCRIPTOR_DB, DESCRIPTOR_GRANULARITY, DESCRIPTOR_PRESENT, DESCRIPTOR_S, DESCRIPTOR_WRITABLE, TYPE_TSS_BUSY} from '../x86/descriptors.ts';
import {EFLAGS_FIXED} from '../x86/flags.ts';
import {CS, DS, EAX, EBX, ES, ESI, FS, GS, LDTR, SS, TR} from '../x86/registers.ts';
import type {LinuxStart} from './linux/boot.ts';

const FLAT = DESCRIPTOR_PRESENT | DESCRIPTOR_S | DESCRIPTOR_ACCESSED | DESCRIPTOR_WRITABLE | DESCRIPTOR_DB | DESCRIPTOR_GRANULARITY;
/** Selectors of code and data. Multiboot leaves them open; Linux names its own. */
const MULTIBOOT_SELECTORS = [0x08, 0x10] as const, LINUX_SELECTORS = [0x10, 0x18] as const;

/** What the loader leaves in registers. */
export interface Handover {
  readonly entry: number;
  readonly magic: number;
  readonly infoAddress: number;
}

export function resetForMultiboot(c: Cpu, {entry, magic, infoAddress}: Handover): void {
  resetFlat(c, entry, MULTIBOOT_SELECTORS);
  c.r[EAX] = magic;
  c.r[EBX] = infoAddress;
}

export function resetForLinux(c: Cpu, {entry, zeroPage, gdt}: LinuxStart): void {
  resetFlat(c, entry, LINUX_SELECTORS);
  c.r[ESI] = zeroPage;
  c.gdtBase = gdt.base;
  c.gdtLimit = gdt.limit;
}

function resetFlat(c: Cpu, entry: number, [code, data]: readonly [code: number, data: number]): void {
  c.r.fill(0);
  c.eip = entry | 0;
  c.eflags = EFLAGS_FIXED;
  c.cr0 = CR0_PE | CR0_ET;
  c.setCpl(0);
  c.setSegment(CS, code, 0, 0xffff_ffff, FLAT | DESCRIPTOR_CODE);
  for (const segment of [DS, ES, FS, GS, SS]) c.setSegment(segment, data, 0, 0xffff_ffff, FLAT);
  c.setSegment(LDTR, 0, 0, 0, 0);
  c.setSegment(TR, 0, 0, 0xffff, DESCRIPTOR_PRESENT | (TYPE_TSS_BUSY << 8));
}
