// Dynamic translation: guest code is translated block by block into a code cache and executed from there, by a program of the
// host in user mode. What interpretation pays for every execution is paid once for each translation.
// Bellard, USENIX ATC 2005. The translated code is not generated: the model's processor executes the guest's own instructions
// and charges what their translations would cost.
import {defineCpuStrategy, EmulatorProcess} from 'worldswitch';
import type {CpuStrategy, Ending, Vmm} from 'worldswitch';
import {TRANSLATED} from './charges.ts';
import {Translator} from './translator.ts';

class DynamicTranslation implements CpuStrategy {
  readonly #vmm: Vmm;
  readonly #process: EmulatorProcess;
  readonly #translator: Translator;

  constructor(vmm: Vmm) {
    this.#vmm = vmm;
    this.#process = new EmulatorProcess(vmm, TRANSLATED);
    this.#translator = new Translator(vmm);
  }

  run(): Ending {
    this.#vmm.cpu.follower = this.#translator;
    return this.#process.run();
  }

  statistics(): Readonly<Record<string, number>> {
    return this.#translator.statistics();
  }
}

export default defineCpuStrategy({
  apiVersion: 1,
  kind: 'cpu',
  name: 'dynamic-translation',
  title: 'dynamic binary translation (instruction-set level)',
  home: 'host-user',
  needs: {memory: ['software-mmu'], architecture: ['hosted']},
  create: vmm => new DynamicTranslation(vmm),
});
