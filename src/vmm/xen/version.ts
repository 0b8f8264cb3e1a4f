// xen_version: which hypervisor this is, and what it gives. Xen, public/version.h, public/features.h.
import {EINVAL, ENOSYS, MACHINE_MAP_START} from '../paravirtual/abi.ts';
import type {GuestCopy} from '../paravirtual/guest-copy.ts';

const VERSION = 0, EXTRA = 1, COMPILE = 2, CAPABILITIES = 3, CHANGESET = 4, PLATFORM = 5, FEATURES = 6, PAGE_SIZE = 7, HANDLE = 8, COMMAND_LINE = 9;
const MAJOR = 3, MINOR = 2;
export const XEN_VERSION = (MAJOR << 16) | MINOR;
/** XENFEAT_*: mmu_update knows MMU_PT_UPDATE_PRESERVE_AD; and for a hardware virtual machine, frames are its own count and events come by vector. */
export const FEATURE_KEEPS_STATUS = 1 << 5, FEATURES_OF_HARDWARE_MACHINE = (1 << 0) | (1 << 2) | (1 << 3) | (1 << 8);

const text = (value: string, length: number): Uint8Array => Uint8Array.from({length}, (_, at) => (at < length - 1 ? value.charCodeAt(at) || 0 : 0));

/** Texts by command, each with the length of its field. */
const TEXTS: Readonly<Record<number, ReadonlyArray<readonly [string, number]>>> = {
  [EXTRA]: [['.0', 16]],
  [COMPILE]: [['none', 64], ['worldswitch', 16], ['', 32], ['', 32]],
  [CAPABILITIES]: [['xen-3.0-x86_32 hvm-3.0-x86_32 ', 1024]],
  [CHANGESET]: [['unavailable', 64]],
  [HANDLE]: [['', 16]],
  [COMMAND_LINE]: [['', 1024]],
};

/** What a guest may know of the hypervisor; `features` are the first word of XENVER_get_features. */
export function xenVersion({copy, features}: {copy: GuestCopy; features: number}, command: number, argument: number): number {
  if (command === VERSION) return XEN_VERSION;
  if (command === PAGE_SIZE) return argument === 0 ? 4096 : -EINVAL;
  if (command === PLATFORM) copy.write32(argument, MACHINE_MAP_START);
  else if (command === FEATURES) {
    if (copy.read32(argument) !== 0) return -EINVAL;
    copy.write32(argument + 4, features);
  }
  else if (command in TEXTS) copy.write(argument, Uint8Array.from(TEXTS[command].flatMap(([value, length]) => [...text(value, length)])));
  else return -ENOSYS;
  return 0;
}
