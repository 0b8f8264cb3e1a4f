// The guest's local APIC where the processor virtualizes it: the model's registers move into the virtual-APIC page, and the APIC-access page lies
// where the guest looks for them. Before each entry the controls follow the model, after each exit the model follows the page.
// Intel SDM vol. 3C, chapter 29 APIC Virtualization and Virtual Interrupts. Linux 6.1, arch/x86/kvm/vmx/vmx.c.
import {VirtualApicSpace} from '../cpu/virtual-apic/accesses.ts';
import {PostedInterrupts} from '../cpu/virtual-apic/posted.ts';
import type {LocalApic} from '../devices/local-apic/local-apic.ts';
import {classOf} from '../x86/apic/priority.ts';
import {at, highestVector, NO_VECTOR, type RegisterPage} from '../x86/apic/register-page.ts';
import {IN_SERVICE, REQUESTS, TASK_PRIORITY, TRIGGER_MODE} from '../x86/apic/registers.ts';
import {HOST_BASE} from '../memory/layout.ts';
import type {Vmm} from './vmm.ts';

/** How much of it the processor does: task priority alone, or registers and interrupts too. */
export type ApicAssistance = 'tpr-shadow' | 'virtual-apic';

const REGISTERS_FRAME = 0xfee00;
const PAGE = 4096, WORDS = 1024, SET_WORDS = 32;

export class VirtualApic {
  readonly assistance: ApicAssistance;
  /** Where who has an interrupt for the guest may post it; null where the host cannot. */
  readonly posted: PostedInterrupts | null;
  readonly #vmm: Vmm;
  readonly #apic: LocalApic;
  /** Guest interrupt status as it was last written. */
  #status = 0;

  /** To be made once, before the guest runs. */
  constructor(vmm: Vmm, assistance: ApicAssistance) {
    const {cpu, platform, guest, frames} = vmm;
    const {controls} = cpu;
    this.#vmm = vmm;
    this.#apic = platform.devices.interrupts.apic;
    this.assistance = assistance;
    const full = assistance === 'virtual-apic';
    const page = this.#pageAt(frames.take());
    this.#apic.moveTo(page, full);
    const accessFrame = frames.take();
    guest.overlay(REGISTERS_FRAME, accessFrame);
    this.posted = full && platform.host.features['posted-interrupts'] ? new PostedInterrupts() : null;
    cpu.devices = new VirtualApicSpace(cpu, cpu.devices);
    Object.assign(controls, {
      virtualApic: page, apicAccessPage: accessFrame * PAGE, tprShadow: true, apicRegisters: full, virtualInterrupts: full, posted: this.posted,
      eoiExits: page.subarray(at(TRIGGER_MODE), at(TRIGGER_MODE) + SET_WORDS),
    });
  }

  #pageAt(frame: number): RegisterPage {
    return new Uint32Array(this.#vmm.platform.memory.memory.buffer, HOST_BASE + frame * PAGE, WORDS).fill(0);
  }

  /**
   * Before an entry. While the guest has moved its registers or switched them off, every access to where they were leaves the guest,
   * and the model answers.
   */
  beforeEntry(): void {
    const {controls} = this.#vmm.cpu;
    const {apicBase} = this.#vmm.platform.devices.interrupts;
    const inPlace = apicBase.enabled && apicBase.base === REGISTERS_FRAME * PAGE;
    const full = inPlace && this.assistance === 'virtual-apic' && this.#apic.enabled;
    controls.tprShadow = inPlace;
    controls.apicRegisters = controls.virtualInterrupts = full;
    this.#apic.deliveredByProcessor = full;
    this.posted?.synchronize(this.#apic.page);
    this.#apic.drive();
    controls.tprThreshold = full ? 0 : this.#threshold();
    this.#writeStatus(full);
  }

  /** After an exit: the guest may have changed its priorities without one. */
  afterExit(): void {
    this.#apic.drive();
  }

  /** Something waits that the processor will deliver by itself: it ends HLT. */
  get wakes(): boolean {
    return this.#apic.deliveredByProcessor && this.#apic.pending !== NO_VECTOR;
  }

  /** The class at which the task priority holds the highest request back, 0 if it does not: lower than that must leave the guest. */
  #threshold(): number {
    const {page} = this.#apic;
    const request = highestVector(page, REQUESTS);
    if (request === NO_VECTOR) return 0;
    return classOf(page[at(TASK_PRIORITY)] & 0xff) >= classOf(request) ? classOf(request) : 0;
  }

  /** RVI and SVI are one field, written when it changes; so is the threshold. */
  #writeStatus(full: boolean): void {
    const {page} = this.#apic;
    const status = full ? (highestVector(page, REQUESTS) + 1) | ((highestVector(page, IN_SERVICE) + 1) << 9) : this.#vmm.cpu.controls.tprThreshold;
    if (status !== this.#status) this.#vmm.charge('vmcs_write');
    this.#status = status;
  }
}

