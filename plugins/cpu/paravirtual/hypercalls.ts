// The hypercalls, by name: what each does with its arguments. A result is 0 or more, or a negated error number; a pointer that leads
// nowhere gives -EFAULT. Xen, public/xen.h and the headers beside it.
import {BAD_POINTER, EAX, EBP, EBX, ECX, EDI, EDX, EFAULT, EINVAL, ENOENT, ENOSYS, EPERM, ESI, FEATURE_KEEPS_STATUS, HYPERCALLS, xenVersion} from 'worldswitch';
import type {Parts} from './parts.ts';
import {kernelSelector} from './trap-table.ts';
import {vcpuOp} from './vcpu.ts';

type Arguments = ArrayLike<number>;
type Hypercall = (parts: Parts, a: Arguments) => number;

/** Why: the guest's RING-1 code may not go on where a ring-0 selector would put it. */
const setCallbacks: Hypercall = ({scheduler, frames}, a) => {
  scheduler.upcall = {cs: kernelSelector(a[0]), eip: a[1], masks: true};
  frames.failsafe = {cs: kernelSelector(a[2]), eip: a[3], masks: frames.failsafe.masks};
  return 0;
};

const CALLBACK_REGISTER = 0, CALLBACK_UNREGISTER = 1, CALLBACK_EVENT = 0, CALLBACK_FAILSAFE = 1, CALLBACK_NMI = 4, MASK_EVENTS = 1;

/** struct callback_register: type and flags of 16 bits, then selector and address. */
const callbackOp: Hypercall = ({domain, scheduler, frames}, a) => {
  const [word, cs, eip] = a[0] === CALLBACK_REGISTER ? domain.copy.readWords(a[1], 3) : [domain.copy.read32(a[1]), 0, 0];
  const type = word & 0xffff;
  if (a[0] === CALLBACK_UNREGISTER) return type === CALLBACK_EVENT || type === CALLBACK_FAILSAFE ? -EINVAL : type === CALLBACK_NMI ? 0 : -ENOSYS;
  if (a[0] !== CALLBACK_REGISTER) return -ENOSYS;
  const handler = {cs: kernelSelector(cs), eip, masks: ((word >>> 16) & MASK_EVENTS) !== 0};
  if (type === CALLBACK_EVENT) scheduler.upcall = {...handler, masks: true};
  else if (type === CALLBACK_FAILSAFE) frames.failsafe = handler;
  else return type === CALLBACK_NMI ? 0 : -ENOSYS;
  return 0;
};

const stackSwitch: Hypercall = ({frames, hole}, a) => {
  frames.kernelStack = {ss: kernelSelector(a[0]), esp: a[1]};
  hole.setKernelStack(frames.kernelStack.ss, a[1]);
  return 0;
};

const SET_IOPL = 6, SET_IOBITMAP = 7;
const physdevOp: Hypercall = ({domain, privileged}, a) => {
  if (a[0] === SET_IOPL) {
    const iopl = domain.copy.read32(a[1]) >>> 0;
    if (iopl > 3) return -EINVAL;
    privileged.iopl = iopl;
    return 0;
  }
  return a[0] === SET_IOBITMAP ? 0 : -EPERM;
};

/** struct multicall_entry: operation, result, six arguments. */
const MULTICALL_BYTES = 32;
const multicall: Hypercall = (parts, a) => {
  const {copy} = parts.domain;
  for (let done = 0; done < a[1] >>> 0; done++) {
    const at = a[0] + done * MULTICALL_BYTES;
    const entry = copy.readWords(at, MULTICALL_BYTES / 4);
    parts.domain.vmm.charge('multicall_entry');
    const name = HYPERCALLS[entry[0] >>> 0];
    const result = name === 'iret' || name === 'multicall' ? -ENOSYS : carryOut(parts, name, entry.subarray(2));
    copy.write32(at + 4, result);
    if (parts.domain.crashed !== '' || parts.scheduler.ending !== null) return 0;
  }
  return 0;
};

const TABLE: Readonly<Record<string, Hypercall>> = {
  set_trap_table: ({traps}, a) => traps.set(a[0]),
  mmu_update: ({domain}, a) => domain.paging.mmuUpdate(a[0], a[1], a[2], a[3] & 0xffff),
  set_gdt: ({tables}, a) => tables.setGdt(a[0], a[1]),
  stack_switch: stackSwitch,
  set_callbacks: setCallbacks,
  fpu_taskswitch: ({privileged}, a) => {
    privileged.taskSwitched(a[0] !== 0);
    return 0;
  },
  sched_op_compat: ({scheduler}, a) => scheduler.operateOld(a[0], a[1]),
  sched_op: ({scheduler}, a) => scheduler.operate(a[0], a[1]),
  platform_op: () => -EPERM,
  set_debugreg: ({privileged}, a) => privileged.setDebug(a[0], a[1]),
  get_debugreg: ({privileged}, a) => (a[0] >>> 0 < 8 ? privileged.debug[a[0]] : -EINVAL),
  update_descriptor: ({domain, tables}, a) => {
    tables.changed = true;
    return a[1] === 0 ? domain.paging.updateDescriptor(a[0] >>> 0, a[2], a[3]) : -EINVAL;
  },
  mmuext_op: ({domain}, a) => domain.paging.mmuextOp(a[0], a[1], a[2], a[3] & 0xffff),
  memory_op: ({domain}, a) => domain.paging.memoryOp(a[0], a[1]),
  multicall,
  update_va_mapping: ({domain}, a) => domain.paging.updateVaMapping(a[0], a[1], a[3]),
  update_va_mapping_otherdomain: () => -EPERM,
  set_timer_op: ({clock}, a) => clock.setSingle((a[0] >>> 0) + a[1] * 2 ** 32),
  event_channel_op: ({events, clock}, a) => {
    const result = events.operate(a[0], a[1]);
    clock.bound();
    return result;
  },
  event_channel_op_compat: ({domain, events, clock}, a) => {
    const result = events.operate(domain.copy.read32(a[0]), a[0] + 4);
    clock.bound();
    return result;
  },
  xen_version: ({domain}, a) => xenVersion({copy: domain.copy, features: FEATURE_KEEPS_STATUS}, a[0], a[1]),
  console_io: ({console}, a) => console.operate(a[0], a[1], a[2]),
  physdev_op: physdevOp,
  physdev_op_compat: ({domain, ...parts}, a) => physdevOp({domain, ...parts}, [domain.copy.read32(a[0]), a[0] + 4]),
  grant_table_op: ({services}, a) => services.grantCalls.operate(a[0], a[1], a[2]),
  vm_assist: ({domain}, a) => domain.paging.vmAssist(a[0], a[1]),
  vcpu_op: (parts, a) => (a[1] === 0 ? vcpuOp(parts, a[0], a[2]) : -ENOENT),
  callback_op: callbackOp,
  sysctl: () => -EPERM,
  domctl: () => -EPERM,
  kexec_op: () => -EPERM,
};

function carryOut(parts: Parts, name: string | undefined, a: Arguments): number {
  const hypercall = name === undefined ? undefined : TABLE[name];
  if (hypercall === undefined) return -ENOSYS;
  try {
    return hypercall(parts, a);
  } catch (signal) {
    if (signal !== BAD_POINTER) throw signal;
    return -EFAULT;
  }
}

/** Carries out the hypercall in the guest's registers; EAX gets the result. */
export function hypercall(parts: Parts): void {
  const {r} = parts.domain.vmm.cpu;
  const name = HYPERCALLS[r[EAX] >>> 0];
  if (name === 'iret') return parts.frames.iret();
  r[EAX] = carryOut(parts, name, [r[EBX], r[ECX], r[EDX], r[ESI], r[EDI], r[EBP]]);
}
