// The VM-execution controls as the options of this strategy set them, beside what the memory strategy asks for: which
// exceptions and instructions leave the guest, and the bitmaps in host memory that let single ports and MSRs through.
// Intel SDM vol. 3C, 24.6 VM-Execution Control Fields.
import {CR0_PG, EXCEPTION_NAMES, hpa, MSR_TSC, namesIn, visibleCr0} from 'worldswitch';
import type {ExecutionControls, OptionValue, Vmm} from 'worldswitch';

/** Exceptions by their manual's mnemonics; NMIs and double faults have ways of their own. */
export const EXCEPTIONS: readonly string[] = Object.values(EXCEPTION_NAMES).filter(name => name !== 'nmi' && name !== 'df');
export const INSTRUCTIONS = ['cr3', 'invlpg', 'rdtsc', 'rdpmc', 'pause', 'mov-dr', 'tables', 'wbinvd'] as const;

/** The one port KVM on Intel's processors let through for years: writes to it are I/O delays, and nobody answers there. */
const DELAY_PORT = 0x80;
/** Ports that one of the two bitmaps covers. */
const PORTS_A_BITMAP = 0x8000;
const TAG = 1;

type Options = Readonly<Record<string, OptionValue>>;

export class Controls {
  readonly #vmm: Vmm;
  readonly #exceptions: number;
  readonly #instructions: ReadonlySet<string>;
  readonly #options: Options;
  /** CR3 values let through, the latest first. */
  #targets: readonly number[] = [];

  constructor(vmm: Vmm, options: Options) {
    this.#vmm = vmm;
    this.#options = options;
    this.#instructions = new Set(namesIn(options['exits']));
    this.#exceptions = namesIn(options['exceptions']).reduce((bits, name) => bits | (1 << vectorOf(name)), 0);
  }

  /** Before the first entry, when the memory strategy has set what it needs. */
  start(): void {
    const {controls} = this.#vmm.cpu;
    const tagged = this.#vmm.platform.host.features['tagged-tlb'];
    Object.assign(controls, {externalInterrupt: true, halt: this.#options['halt'] === 'exit', enableVpid: tagged, vpid: tagged ? TAG : 0});
    const {assigned} = this.#vmm;
    if (this.#options['ports'] === 'bitmap' || assigned) this.#letPortsThrough(controls);
    assigned?.onMoved.push(() => this.#fillPortBitmaps(controls));
    if (this.#options['msrs'] === 'bitmap') this.#letMsrsThrough(controls);
  }

  /** Before every entry: a memory strategy that changed its mind about CR3 or exceptions has not asked here. */
  apply(): void {
    const {controls} = this.#vmm.cpu;
    controls.exceptionBitmap |= this.#exceptions;
    if (this.#instructions.size === 0) return;
    controls.invlpg ||= this.#instructions.has('invlpg');
    controls.rdtsc = this.#instructions.has('rdtsc');
    controls.rdpmc = this.#instructions.has('rdpmc');
    controls.pause = this.#instructions.has('pause');
    controls.movDr = this.#instructions.has('mov-dr');
    controls.descriptorTables = this.#instructions.has('tables');
    controls.wbinvd = this.#instructions.has('wbinvd');
    if (!this.#instructions.has('cr3')) return;
    controls.cr3Load = true;
    controls.cr3Targets = this.#isPaged() ? this.#targets : [];
  }

  /** A CR3 load has been carried out: the next load of the same value needs no exit. */
  learnCr3(value: number): void {
    if (this.#isPaged()) this.#targets = [value, ...this.#targets].slice(0, Number(this.#options['cr3-targets']));
  }

  #isPaged(): boolean {
    return (visibleCr0(this.#vmm.cpu) & CR0_PG) !== 0;
  }

  #letPortsThrough(controls: ExecutionControls): void {
    controls.useIoBitmaps = true;
    controls.ioBitmapA = this.#page();
    controls.ioBitmapB = this.#page();
    this.#fillPortBitmaps(controls);
  }

  /** Everything exits but the delay port, where asked for, and the ports of devices given to the guest. */
  #fillPortBitmaps({ioBitmapA, ioBitmapB}: ExecutionControls): void {
    this.#fill(ioBitmapA);
    this.#fill(ioBitmapB);
    const open = this.#vmm.assigned?.openPorts() ?? [];
    if (this.#options['ports'] === 'bitmap') this.#clear(ioBitmapA, DELAY_PORT);
    for (const [first, last] of open) {
      for (let port = first; port <= last; port++) this.#clear(port < PORTS_A_BITMAP ? ioBitmapA : ioBitmapB, port % PORTS_A_BITMAP);
    }
  }

  /** Reads of the time-stamp counter: the processor adds the offset. */
  #letMsrsThrough(controls: ExecutionControls): void {
    controls.useMsrBitmaps = true;
    controls.msrBitmap = this.#page();
    this.#fill(controls.msrBitmap);
    this.#clear(controls.msrBitmap, MSR_TSC);
  }

  #page(): number {
    return this.#vmm.frames.take() * 4096;
  }

  /** Ones: everything exits. */
  #fill(page: number): void {
    this.#vmm.platform.memory.writeBytes(hpa(page), new Uint8Array(4096).fill(0xff));
  }

  #clear(bitmap: number, bit: number): void {
    const {memory} = this.#vmm.platform;
    const word = hpa(bitmap + (bit >>> 5) * 4);
    memory.write32(word, memory.read32(word) & ~(1 << (bit & 31)));
  }
}

const vectorOf = (name: string): number => Number(Object.entries(EXCEPTION_NAMES).find(([, known]) => known === name)?.[0]);
