// The hypercalls of a guest in a hardware virtual machine, by name. A result is 0 or more, or a negated error number. Xen, public/xen.h;
// arch/x86/hvm/hypercall.c.
import {
  BAD_POINTER, CONSOLE_PORT, DOMAIN_ID, DOMID_SELF, EFAULT, EINVAL, ENOENT, ENOSYS, EPERM, ESRCH, FEATURES_OF_HARDWARE_MACHINE, SHUTDOWN_CRASH, SHUTDOWN_POWEROFF,
  SHUTDOWN_REBOOT, sleepGuest, STORE_PORT, xenVersion,
} from 'worldswitch';
import type {XenServices} from 'worldswitch';
import {STORE_FRAME, type HardwareGuest} from './hardware-guest.ts';
import type {PhysicalMap} from './physical-map.ts';

export interface HardwareParts {
  readonly guest: HardwareGuest;
  readonly services: XenServices;
  readonly map: PhysicalMap;
  /** HVM_PARAM_CALLBACK_IRQ. */
  readonly setCallback: (high: number, low: number) => void;
}

type Arguments = ArrayLike<number>;
type Call = (parts: HardwareParts, a: Arguments) => number;

const isOwn = (word: number): boolean => (word & 0xffff) === DOMID_SELF || (word & 0xffff) === DOMAIN_ID;

const MAXIMUM_RAM_PAGE = 2, CURRENT = 3, MAXIMUM = 4, ADD_TO_MAP = 7, REMOVE_FROM_MAP = 15;

/** struct xen_add_to_physmap: domain, size, space, index, frame; struct xen_remove_from_physmap: domain, frame. */
const memoryOp: Call = ({guest: {copy, vmm}, map}, {0: command, 1: argument}) => {
  if (command === MAXIMUM_RAM_PAGE) return vmm.guest.frames - 1;
  if (command === CURRENT || command === MAXIMUM) return isOwn(copy.read32(argument)) ? vmm.guest.frames : -ESRCH;
  if (command === REMOVE_FROM_MAP) {
    const [domain, frame] = copy.readWords(argument, 2);
    return isOwn(domain) ? map.remove(frame >>> 0) : -ESRCH;
  }
  if (command !== ADD_TO_MAP) return -ENOSYS;
  const [domain, space, index, frame] = copy.readWords(argument, 4);
  return isOwn(domain) ? map.add(space >>> 0, index >>> 0, frame >>> 0) : -ESRCH;
};

const SET_PARAMETER = 0, GET_PARAMETER = 1;
const CALLBACK_IRQ = 0, STORE_PFN = 1, STORE_EVENT_CHANNEL = 2, CONSOLE_PFN = 17, CONSOLE_EVENT_CHANNEL = 18, PARAMETERS = 40;
/** What the tools have set. There is no console behind its ring. */
const VALUES: Readonly<Record<number, number>> = {[STORE_PFN]: STORE_FRAME, [STORE_EVENT_CHANNEL]: STORE_PORT, [CONSOLE_PFN]: 0, [CONSOLE_EVENT_CHANNEL]: CONSOLE_PORT};

/** struct xen_hvm_param: domain, index, value of 64 bits. */
const hvmOp: Call = ({guest: {copy}, setCallback}, a) => {
  if (a[0] !== SET_PARAMETER && a[0] !== GET_PARAMETER) return -ENOSYS;
  const [domain, index, low, high] = copy.readWords(a[1], 4);
  if (!isOwn(domain)) return -ESRCH;
  if (index >>> 0 >= PARAMETERS) return -EINVAL;
  if (a[0] === SET_PARAMETER) {
    if (index !== CALLBACK_IRQ) return -EPERM;
    setCallback(high, low);
    return 0;
  }
  if (!(index in VALUES)) return -EINVAL;
  copy.writeWords(a[1] + 8, [VALUES[index], 0]);
  return 0;
};

const YIELD = 0, BLOCK = 1, SHUTDOWN = 2;
/** Port and values of the debug exit by which a guest ends a machine. */
const EXIT_PORT = 0xf4, EXIT_WELL = 0x10, EXIT_ILL = 0x11;

/** Deviation: as in a paravirtual domain, poweroff stands for the exit code of a guest that found all well, a crash for one that did not. */
const schedOp: Call = ({guest: {copy, vmm}}, a) => {
  const {platform} = vmm;
  if (a[0] === YIELD) return 0;
  if (a[0] === BLOCK) {
    sleepGuest(vmm, () => vmm.interruptWaiting);
    return 0;
  }
  if (a[0] !== SHUTDOWN) return -ENOSYS;
  const reason = copy.read32(a[1]);
  if (reason === SHUTDOWN_POWEROFF) platform.devices.ports.write(EXIT_PORT, 1, EXIT_WELL);
  else if (reason === SHUTDOWN_CRASH) platform.devices.ports.write(EXIT_PORT, 1, EXIT_ILL);
  else if (reason === SHUTDOWN_REBOOT) platform.resetPulled = true;
  else return -EINVAL;
  return 0;
};

const CONSOLE_WRITE = 0, DEBUG_CONSOLE = 0xe9;
const consoleIo: Call = ({guest: {copy, vmm}}, a) => {
  if (a[0] !== CONSOLE_WRITE) return a[0] === 1 ? 0 : -ENOSYS;
  for (let done = 0; done < a[1] >>> 0; done += 4096) {
    for (const byte of copy.read(a[2] + done, Math.min(4096, (a[1] >>> 0) - done))) vmm.platform.devices.ports.write(DEBUG_CONSOLE, 1, byte);
  }
  return 0;
};

const VCPU_IS_UP = 3;

const TABLE: Readonly<Record<string, Call>> = {
  memory_op: memoryOp,
  xen_version: ({guest: {copy}}, a) => xenVersion({copy, features: FEATURES_OF_HARDWARE_MACHINE}, a[0], a[1]),
  console_io: consoleIo,
  grant_table_op: ({services}, a) => services.grantCalls.operate(a[0], a[1], a[2]),
  vcpu_op: (_parts, a) => (a[1] !== 0 ? -ENOENT : a[0] === VCPU_IS_UP ? 1 : -ENOSYS),
  sched_op: schedOp,
  event_channel_op: ({services}, a) => services.events.operate(a[0], a[1]),
  hvm_op: hvmOp,
};

export function hardwareCall(parts: HardwareParts, name: string, a: Arguments): number {
  const call = Object.hasOwn(TABLE, name) ? TABLE[name] : undefined;
  if (call === undefined) return -ENOSYS;
  try {
    return call(parts, a);
  } catch (signal) {
    if (signal !== BAD_POINTER) throw signal;
    return -EFAULT;
  }
}
