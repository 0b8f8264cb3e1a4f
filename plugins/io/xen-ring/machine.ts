// Xen as it shows itself to a guest in a hardware virtual machine: leaves of CPUID, a page of hypercalls, and events that come by a vector of
// the guest's choice or by an interrupt line. Nothing is there until the guest looks. Xen, public/arch-x86/cpuid.h, public/hvm/params.h.
import {EAX, EBP, EBX, ECX, EDI, EDX, EPERM, ESI, HYPERCALL_SLOT, HYPERCALLS, XEN_VERSION, XenServices} from 'worldswitch';
import type {CpuidLeaf, VisibleHypervisor, Vmm} from 'worldswitch';
import {HardwareGuest} from './hardware-guest.ts';
import {hardwareCall, type HardwareParts} from './hardware-calls.ts';
import {PhysicalMap} from './physical-map.ts';

const FIRST_LEAF = 0x4000_0000, LEAVES = 0x100;
const HYPERCALL_MSR = 0x4000_0000;
const PAGE = 4096;

const text = (four: string): number => [0, 1, 2, 3].reduce((word, at) => word | (four.charCodeAt(at) << (8 * at)), 0);
const LEAF: readonly CpuidLeaf[] = [
  {eax: FIRST_LEAF + 2, ebx: text('XenV'), ecx: text('MMXe'), edx: text('nVMM')},
  {eax: XEN_VERSION, ebx: 0, ecx: 0, edx: 0},
  {eax: 1, ebx: HYPERCALL_MSR, ecx: 0, edx: 0},
];
const NOTHING: CpuidLeaf = {eax: 0, ebx: 0, ecx: 0, edx: 0};

/** HVM_PARAM_CALLBACK_IRQ: how events come, in the top byte. */
const BY_LINE = 0, BY_PIN = 1, BY_VECTOR = 2;

export class XenMachine implements VisibleHypervisor {
  readonly #vmm: Vmm;
  readonly #attach: (services: XenServices) => void;
  #parts: HardwareParts | null = null;
  /** The line that follows pending events, as the parameter says. */
  #drive: (level: boolean) => void = () => {};
  #vector = -1;

  constructor(vmm: Vmm, attach: (services: XenServices) => void) {
    this.#vmm = vmm;
    this.#attach = attach;
  }

  get found(): boolean {
    return this.#parts !== null;
  }

  cpuid(leaf: number): CpuidLeaf | null {
    if (leaf < FIRST_LEAF || leaf >= FIRST_LEAF + LEAVES) return null;
    this.#find();
    return LEAF[leaf - FIRST_LEAF] ?? NOTHING;
  }

  /** The number of a page that Xen fills with its own way in; the low bits say which of its pages, and there is one. */
  writeMsr(index: number, value: number): boolean {
    if (index !== HYPERCALL_MSR || value % PAGE !== 0) return false;
    this.#find();
    return this.#vmm.platform.busMaster.write(value, hypercallPage());
  }

  call(): void {
    const {cpu, world} = this.#vmm;
    const {r} = cpu;
    const name = HYPERCALLS[r[EAX] >>> 0] ?? 'unknown';
    world.describe(name.replaceAll('_', '-'));
    r[EAX] = cpu.cpl === 0 ? hardwareCall(this.#find(), name, [r[EBX], r[ECX], r[EDX], r[ESI], r[EDI], r[EBP]]) : -EPERM;
  }

  vector(): number {
    return this.#vector >= 0 && this.#parts?.guest.eventsPending ? this.#vector : -1;
  }

  settle(): void {
    if (this.#parts) this.#drive(this.#parts.guest.eventsPending);
  }

  #find(): HardwareParts {
    if (this.#parts) return this.#parts;
    const guest = new HardwareGuest(this.#vmm);
    const services = new XenServices(guest, guest.memory);
    this.#parts = {guest, services, map: new PhysicalMap(guest, services), setCallback: (high, low) => this.#setCallback(high, low)};
    this.#attach(services);
    return this.#parts;
  }

  /** Two words of the parameter's value. Simplification: the pin of a device is that of the platform device, whichever is named. */
  #setCallback(high: number, low: number): void {
    const {pic, xenPlatform} = this.#vmm.platform.devices;
    const by = high >>> 24;
    this.#drive(false);
    this.#vector = by === BY_VECTOR ? low & 0xff : -1;
    if (by === BY_LINE && low !== 0) this.#drive = pic.line(low & 0xf);
    else if (by === BY_PIN) this.#drive = level => xenPlatform?.pci.setInterrupt(level);
    else this.#drive = () => {};
  }
}

/** `mov $n,%eax; vmcall; ret` for each. Xen, arch/x86/hvm/vmx/vmx.c, vmx_init_hypercall_page. */
function hypercallPage(): Uint8Array {
  const bytes = new Uint8Array(PAGE).fill(0xcc);
  for (let at = 0; at < PAGE; at += HYPERCALL_SLOT) bytes.set([0xb8, at / HYPERCALL_SLOT, 0, 0, 0, 0x0f, 0x01, 0xc1, 0xc3], at);
  return bytes;
}
