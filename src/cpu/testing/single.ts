// One instruction on a bare processor, for tests that read like the datasheet: ring 0, flat segments, no paging, no devices.
import {pentium4} from '../../host/pentium4-2005.ts';
import {price} from '../../host/price.ts';
import {Transitions} from '../../ledger/transitions.ts';
import {hpa} from '../../memory/address.ts';
import {DATA_VIEW, FETCH_VIEW, PAGES_PER_VIEW} from '../../memory/layout.ts';
import {PhysicalMemory} from '../../memory/physical.ts';
import {Tlb} from '../../memory/tlb.ts';
import {TwoLevelWalker} from '../../memory/two-level.ts';
import {CR0_ET, CR0_PE} from '../../x86/control.ts';
import {DESCRIPTOR_ACCESSED, DESCRIPTOR_CODE, DESCRIPTOR_DB, DESCRIPTOR_GRANULARITY, DESCRIPTOR_PRESENT, DESCRIPTOR_S, DESCRIPTOR_WRITABLE} from '../../x86/descriptors.ts';
import {EFLAGS_AF, EFLAGS_CF, EFLAGS_FIXED, EFLAGS_OF, EFLAGS_PF, EFLAGS_SF, EFLAGS_ZF} from '../../x86/flags.ts';
import {CS, DS, ES, ESP, FS, GS, REGISTER_NAMES, SS} from '../../x86/registers.ts';
import {BlockCache} from '../block.ts';
import {materialize} from '../flags.ts';
import {HardwareMmu} from '../hardware-mmu.ts';
import {run} from '../run.ts';
import {Cpu, STOP_EXIT} from '../state.ts';
import {EXIT_REASONS} from '../../x86/exit-reasons.ts';

const FLAT = DESCRIPTOR_PRESENT | DESCRIPTOR_S | DESCRIPTOR_ACCESSED | DESCRIPTOR_WRITABLE | DESCRIPTOR_DB | DESCRIPTOR_GRANULARITY;
const CODE_AT = 0x1000, STACK_TOP = 0x8000, HLT = 0xf4;
const MEMORY = 0x10000;

const LETTERS = {c: EFLAGS_CF, p: EFLAGS_PF, a: EFLAGS_AF, z: EFLAGS_ZF, s: EFLAGS_SF, o: EFLAGS_OF} as const;

/** 'cz' to bits. */
export const flagBits = (letters: string): number => Array.from(letters).reduce((bits, letter) => bits | LETTERS[letter as keyof typeof LETTERS], 0);
/** Bits to letters, in the order c p a z s o. */
export const flagLetters = (bits: number): string => Object.entries(LETTERS).filter(([, bit]) => (bits & bit) !== 0).map(([letter]) => letter).join('');

export type Registers = Partial<Record<(typeof REGISTER_NAMES)[number], number>>;

export class Bench {
  readonly memory = new PhysicalMemory(MEMORY);
  readonly cpu: Cpu;
  /** Every exception leaves to a VMM that is not there: then `firstFault` is its vector, else -1. */
  catches = false;
  firstFault = -1;
  /** Changes the state before the run. */
  begin: (c: Cpu) => void = () => {};

  constructor() {
    const {memory} = this;
    const blocks = new BlockCache(memory, 8, () => 1);
    const tlb = new Tlb(memory, pentium4.tlb);
    blocks.onCode = frame => tlb.protectCode(frame);
    const walker = new TwoLevelWalker({read32: at => memory.read32(hpa(at)), write32: (at, value) => memory.write32(hpa(at), value)});
    const view = (at: number): Int32Array => new Int32Array(memory.memory.buffer, at, PAGES_PER_VIEW);
    this.cpu = new Cpu({
      memory, blocks, transitions: new Transitions(), prices: price(pentium4), mmu: new HardwareMmu(tlb, walker), clockIsCycles: false,
      view: view(DATA_VIEW), fetchView: view(FETCH_VIEW), ports: {read: () => -1, write: () => {}}, devices: {read: () => -1, write: () => {}},
      interrupts: {acknowledge: () => 0}, events: {next: () => Infinity, runDue: () => {}}, observer: {marker: () => {}, interruptTaken: () => {}},
    });
    blocks.users.push(this.cpu);
    this.#reset();
  }

  #reset(): void {
    const {cpu} = this;
    cpu.cr0 = CR0_PE | CR0_ET;
    cpu.setCpl(0);
    cpu.setSegment(CS, 0x08, 0, 0xffff_ffff, FLAT | DESCRIPTOR_CODE);
    for (const segment of [DS, ES, FS, GS, SS]) cpu.setSegment(segment, 0x10, 0, 0xffff_ffff, FLAT);
  }

  /** Runs the bytes up to a HLT put behind them. */
  run(code: readonly number[], registers: Registers, flags = ''): Cpu {
    const {cpu} = this;
    this.memory.writeBytes(hpa(CODE_AT), Uint8Array.of(...code, HLT));
    cpu.r.fill(0);
    cpu.r[ESP] = STACK_TOP;
    REGISTER_NAMES.forEach((name, n) => { if (registers[name] !== undefined) cpu.r[n] = registers[name]; });
    cpu.eip = CODE_AT;
    cpu.eflags = EFLAGS_FIXED | flagBits(flags);
    cpu.flagKind = 0;
    cpu.shadow = false;
    [cpu.instructionLimit, cpu.instructionsLeft] = [100, 100];
    cpu.rearm();
    this.begin(cpu);
    cpu.lookUp();
    if (this.catches) {
      cpu.nonRoot = true;
      cpu.controls.exceptionBitmap = -1;
    }
    run(cpu);
    if (this.catches) cpu.nonRoot = false;
    this.firstFault = cpu.stop === STOP_EXIT && cpu.exit.reason === EXIT_REASONS.EXCEPTION_NMI ? cpu.exit.vector : -1;
    return cpu;
  }

  flags(): string {
    return flagLetters(materialize(this.cpu));
  }
}

/** A register's value without sign. */
export const unsigned = (cpu: Cpu, n: number): number => cpu.r[n] >>> 0;
