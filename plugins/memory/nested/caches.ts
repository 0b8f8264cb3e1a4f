// What the processor keeps of translations, and the instructions by which a VMM makes it forget: INVEPT for nested
// translations whose rights shrink, INVVPID for those of the guest's own tables. Intel SDM vol. 3C, 28.3.3.
import type {Vmm} from 'worldswitch';

export class TranslationCaches {
  readonly #vmm: Vmm;
  readonly #tagged: boolean;
  #invept = 0;
  #invvpid = 0;

  constructor(vmm: Vmm) {
    this.#vmm = vmm;
    this.#tagged = vmm.platform.host.features['tagged-tlb'];
    if (this.#tagged) vmm.platform.tlb.setTag(1);
  }

  /** Everything that rests on nested entries, whatever the tag. */
  forgetNested(): void {
    const {mmu} = this.#vmm.platform;
    this.#invept++;
    this.#vmm.charge('invept');
    mmu.flush(true);
    mmu.walker.forgetNested?.();
  }

  /** Everything under the guest's tag. Without tags the next entry forgets by itself. */
  forgetGuest(): void {
    this.#chargeInvvpid();
    this.#vmm.platform.mmu.flush(true);
  }

  /** One linear address of the guest. */
  forgetAddress(linear: number): void {
    this.#chargeInvvpid();
    this.#vmm.platform.mmu.invalidate(linear);
  }

  statistics(): Readonly<Record<string, number>> {
    return {invept: this.#invept, invvpid: this.#invvpid};
  }

  #chargeInvvpid(): void {
    if (!this.#tagged) return;
    this.#invvpid++;
    this.#vmm.charge('invvpid');
  }
}
