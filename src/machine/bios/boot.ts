// Boots from the disk as firmware does: memory as a BIOS leaves it, the boot sector at 0000:7C00, and the processor in real mode there.
import type {Cpu} from '../../cpu/state.ts';
import {CR0_ET} from '../../x86/control.ts';
import {DESCRIPTOR_ACCESSED, DESCRIPTOR_CODE, DESCRIPTOR_PRESENT, DESCRIPTOR_S, DESCRIPTOR_WRITABLE, TYPE_TSS_BUSY} from '../../x86/descriptors.ts';
import {EFLAGS_FIXED, EFLAGS_IF} from '../../x86/flags.ts';
import {CS, DS, EDX, ES, ESP, FS, GS, LDTR, SS, TR} from '../../x86/registers.ts';
import type {Platform} from '../platform.ts';
import {Bios, BOOT_ADDRESS} from './bios.ts';

/** A segment as real mode has it after a reset: 64 KiB, read and written. Intel SDM vol. 3A, table 9-1. */
const REAL = DESCRIPTOR_PRESENT | DESCRIPTOR_S | DESCRIPTOR_ACCESSED | DESCRIPTOR_WRITABLE;
const LIMIT = 0xffff, VECTORS_LIMIT = 0x3ff;

export function bootDisk(platform: Platform): void {
  const {devices, clock, disk, guestMemory} = platform;
  // Why at each access: a VMM puts the guest's memory in the place of the machine's.
  const memory = {read: (at: number, into: Uint8Array) => platform.busMaster.read(at, into), write: (at: number, from: Uint8Array) => platform.busMaster.write(at, from)};
  const {drive} = new Bios({devices, clock, disk, memorySize: guestMemory, memory}).start();
  resetForBootSector(platform.cpu, drive);
}

function resetForBootSector(c: Cpu, drive: number): void {
  c.r.fill(0);
  c.r[EDX] = drive;
  c.r[ESP] = BOOT_ADDRESS;
  c.eip = BOOT_ADDRESS;
  c.eflags = EFLAGS_FIXED | EFLAGS_IF;
  c.cr0 = CR0_ET;
  c.setCpl(0);
  for (const segment of [ES, SS, DS, FS, GS]) c.setSegment(segment, 0, 0, LIMIT, REAL);
  c.setSegment(CS, 0, 0, LIMIT, REAL | DESCRIPTOR_CODE);
  c.setSegment(LDTR, 0, 0, 0, 0);
  c.setSegment(TR, 0, 0, LIMIT, DESCRIPTOR_PRESENT | (TYPE_TSS_BUSY << 8));
  c.idtBase = 0;
  c.idtLimit = VECTORS_LIMIT;
}
