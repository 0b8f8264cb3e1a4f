// A kernel in either of the two formats that are loaded without firmware: Multiboot, or Linux's own. The file tells which.
import type {Cpu} from '../cpu/state.ts';
import {Image} from './image.ts';
import {loadLinux, type Initrd} from './linux/boot.ts';
import {isLinuxKernel} from './linux/setup-header.ts';
import {loadMultiboot, type MultibootModule} from './multiboot.ts';
import type {GuestMemory} from './placement.ts';
import {resetForLinux, resetForMultiboot} from './reset.ts';

export interface BootImage {
  /** The kernel's name, for error messages. */
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly commandLine: string;
  /** For a Multiboot kernel. */
  readonly modules: readonly MultibootModule[];
  /** For a Linux kernel. */
  readonly initrd: Initrd | null;
}

const ELF = 0x464c457f;

/** Puts a kernel and what goes with it into memory. @returns what brings the processor into its first state */
export function loadBootImage({file, bytes, commandLine, modules, initrd}: BootImage, memory: GuestMemory): (cpu: Cpu) => void {
  const image = new Image(file, bytes);
  if (isForLinux(image)) {
    if (modules.length > 0) image.refuse(0, 'a Linux kernel takes no modules', 'give its initial file system with --initrd');
    const start = loadLinux({file, bytes, memory, commandLine, initrd});
    return cpu => resetForLinux(cpu, start);
  }
  if (initrd) image.refuse(0, 'only a Linux kernel takes an initial file system', 'give a Multiboot kernel its files with --module');
  const start = loadMultiboot({file, bytes, memory, commandLine, modules});
  return cpu => resetForMultiboot(cpu, start);
}

/** Linux's magic number, or the boot sector's where that is damaged: a Multiboot kernel is an ELF file or has its header early. */
function isForLinux(image: Image): boolean {
  if (isLinuxKernel(image)) return true;
  return image.size >= 0x202 && image.u32(0) !== ELF && image.u16(0x1fe) === 0xaa55 && !hasMultibootMagic(image);
}

function hasMultibootMagic(image: Image): boolean {
  for (let at = 0; at + 4 <= Math.min(8192, image.size); at += 4) if (image.u32(at) === 0x1badb002) return true;
  return false;
}
