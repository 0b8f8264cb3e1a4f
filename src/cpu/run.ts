// The run loop: fetch a decoded block, run it, look up between blocks. Events are taken at the first instruction boundary
// at or past their time, whatever the length of blocks: a block is entered only when it fits before the next event.
import {HOST_BASE} from '../memory/layout.ts';
import {DR6_BS} from '../x86/debug.ts';
import {DB, NMI} from '../x86/exceptions.ts';
import {EXIT_REASONS} from '../x86/exit-reasons.ts';
import {EFLAGS_IF, EFLAGS_RF, EFLAGS_TF} from '../x86/flags.ts';
import {CS} from '../x86/registers.ts';
import {Block} from './block.ts';
import {decodeBlock} from './decode/block-decoder.ts';
import {fetchBreaks, reportDebug} from './breakpoints.ts';
import {deliverFault, deliverOrFault, takeInterrupt} from './deliver.ts';
import {EVENT_NMI, isSoftwareEvent} from './exit-record.ts';
import {generalProtection, raise, undefinedOpcode} from './fault.ts';
import {DEVICE} from './mmu.ts';
import {vmExit} from './nonroot.ts';
import {enterBlock, runBlocks} from './quick-loop.ts';
import {EXIT, FAULT, REFUSAL} from './signal.ts';
import {ATTEND_DEBUG, MODE_FLAT, MODE_SINGLE, NO_EXIT, RUNNING, STOP_BUDGET, STOP_EXIT, STOP_REFUSED, type Cpu} from './state.ts';
import {giveBack, unwind} from './unwind.ts';

/** Runs until something stops the processor; `cpu.stop` says what. */
export function run(c: Cpu): void {
  c.stop = RUNNING;
  c.lookUp();
  while (c.stop === RUNNING) {
    try {
      interpret(c);
    } catch (signal) {
      catchSignal(c, signal);
    }
  }
  c.block = null;
}

function catchSignal(c: Cpu, signal: unknown): void {
  if (signal !== FAULT && signal !== EXIT && signal !== REFUSAL) throw signal;
  const length = unwind(c);
  if (!c.committed) c.debugTraps = 0;
  c.committed = false;
  try {
    if (signal === FAULT) {
      deliverFault(c);
      countFruitless(c);
    }
    else if (signal === REFUSAL) c.stop = STOP_REFUSED;
    else c.stop = STOP_EXIT;
  } catch (second) {
    if (second === REFUSAL) c.stop = STOP_REFUSED;
    else if (second === EXIT) c.stop = STOP_EXIT;
    else throw second;
  }
  forgetBlocking(c);
  if (c.stop === STOP_EXIT) {
    c.exit.instructionLength = length;
    c.delivering.valid = false;
  }
}

/** Why: where no page and no limit is met, a handler that faults at once would be entered for ever. */
function countFruitless(c: Cpu): void {
  if (c.instructionsLeft !== c.instructionsLeftAtFault) {
    c.instructionsLeftAtFault = c.instructionsLeft;
    c.fruitlessFaults = 0;
  } else if (++c.fruitlessFaults > c.mostFruitlessFaults && c.stop === RUNNING) {
    c.stop = STOP_BUDGET;
  }
}

function forgetBlocking(c: Cpu): void {
  c.shadowBefore = false;
  c.resumeBefore = 0;
}

/** Most blocks run between two looks at this loop, and most turns of this loop. */
const SLICE = 4096;

/**
 * Runs blocks until the processor stops or the slice is over.
 *
 * Why: a function that never returns is only ever entered by on-stack replacement, compiled for one of its loops at a
 * time; slices let it be compiled whole.
 */
function interpret(c: Cpu): void {
  let last = NO_BLOCK;
  for (let left = SLICE; left > 0; left--) {
    let special = 0;
    if (c.attention !== 0 || c.ticksLeft <= 0) {
      if (c.stop !== RUNNING) return;
      special = attend(c);
      if (c.stop !== RUNNING) return;
    }
    const {eip} = c;
    let block = fetchBlock(c, special & MODE_SINGLE);
    link(c, last, block, eip);
    if (block.need > c.ticksLeft || block.guestNeed > c.instructionsLeft) {
      if (c.instructionsLeft <= 0) {
        if (c.observer.exhausted?.()) continue;
        c.stop = STOP_BUDGET;
        return;
      }
      if (block.n > 1) block = fetchBlock(c, MODE_SINGLE);
    }
    if (special === MODE_SINGLE) runSingle(c, block);
    else {
      const done = special === 0 ? runBlocks(c, block, SLICE) : runResumed(c, block);
      if (c.block !== null && done < c.block.n) {
        leaveEarly(c, c.block, done);
        if (c.stop !== RUNNING) return;
      }
    }
    last = c.block ?? NO_BLOCK;
    c.block = null;
  }
}

/** Stands for whatever ran before, where nothing can be linked. */
const NO_BLOCK = new Block({eip: 0, mode: -1, frame: 0, first: 0, crossing: -1}, [], () => 0);

/** Remembers what followed a block. One with a limit check, or with a second page, is never linked. */
function link(c: Cpu, last: Block, block: Block, eip: number): void {
  if (block.mode !== c.mode || (block.mode & MODE_FLAT[CS]) === 0 || block.crossing >= 0 || last === NO_BLOCK) return;
  if (eip === last.end) last.fallen = block;
  else last.taken = block;
}

/** A slow path ended the block, or a quick form faulted. */
function leaveEarly(c: Cpu, block: Block, done: number): void {
  if (c.faulted) {
    c.faulted = false;
    catchSignal(c, FAULT);
    return;
  }
  giveBack(c, block, done);
  c.eip = block.eips[done];
}

/** `special` when nothing but RF is set. */
const RESUMED = 1;

/**
 * A block whose first instruction begins with RF set, which lasts until that instruction ends. Intel SDM vol. 3B, 17.3.1.1.
 * Why not one by one: the first block after every fault's IRET is one, and nothing in it looks at RF.
 */
function runResumed(c: Cpu, block: Block): number {
  c.eflags &= ~EFLAGS_RF;
  c.lookUp();
  try {
    return runBlocks(c, block, 1);
  } catch (signal) {
    if (signal === EXIT && c.at === 0 && !raisedItself(c)) {
      c.eflags |= EFLAGS_RF;
      c.lookUp();
    }
    throw signal;
  }
}

/** The exit is of an event that the instruction raised, or came while that was delivered: what is pushed for it has RF clear (27.3.3). */
const raisedItself = ({exit: {type, vectoring}}: Cpu): boolean => isSoftwareEvent(type) || (vectoring.valid && isSoftwareEvent(vectoring.type));

/**
 * One instruction under the interrupt shadow or with TF or RF set. Intel SDM vol. 3A, 6.8.3; vol. 3B, 17.3.1.4 Single-Step
 * Exception Condition. RF lasts for one instruction (17.3.1.1).
 */
function runSingle(c: Cpu, block: Block): void {
  enterBlock(c, block);
  c.shadowBefore = c.shadow;
  c.resumeBefore = c.eflags & EFLAGS_RF;
  c.singleStep = (c.eflags & EFLAGS_TF) !== 0;
  c.shadow = false;
  c.eflags &= ~EFLAGS_RF;
  c.limit = 1;
  c.at = 0;
  try {
    block.ops[0](c);
  } catch (signal) {
    c.singleStep = false;
    if (signal === EXIT) {
      if (raisedItself(c)) c.resumeBefore = 0;
      c.restoreBlocking();
    }
    throw signal;
  }
  forgetBlocking(c);
  c.lookUp();
  const trap = c.singleStep;
  c.singleStep = false;
  if (trap && c.stop === RUNNING) {
    c.block = null;
    debugTrap(c, DR6_BS);
  }
}

/** The trap of what the last instruction did, all in one. */
function debugTrap(c: Cpu, bits: number): never {
  const met = c.debugTraps | bits;
  c.debugTraps = 0;
  reportDebug(c, met);
  c.lookUp();
  return raise(c, DB);
}

/** Traps of the last instruction, then a non-maskable interrupt, both held off by MOV SS. */
function attendDebug(c: Cpu): void {
  if (c.shadow && c.stackShadow) return;
  if (c.debugTraps !== 0) debugTrap(c, 0);
  if (!c.nmi || c.nmiBlocked) return;
  if (c.nonRoot) return leaveForNmi(c);
  c.nmi = false;
  c.shadow = false;
  deliverOrFault(c, NMI, EVENT_NMI);
}

/** The VMM has one to inject: NMI-window exiting. Ring compression has no window; what unblocks NMIs there is the VMM's own work. */
function leaveForNmi(c: Cpu): void {
  if (!c.controls.ringCompression) vmExit(c, EXIT_REASONS.NMI_WINDOW);
}

/** A breakpoint on the instruction at EIP, unless RF is set: a fault, before anything else of it. Intel SDM vol. 3B, 17.3.1.1. */
function attendFetch(c: Cpu): void {
  const met = (c.eflags & EFLAGS_RF) === 0 ? fetchBreaks(c, (c.segBase[CS] + c.eip) | 0) : 0;
  if (met === 0) return;
  reportDebug(c, met);
  raise(c, DB);
}

/** What is pending at an instruction boundary, in the order of SDM vol. 3A, table 6-2. Returns how the next block runs. */
function attend(c: Cpu): number {
  if (c.exitAfter !== NO_EXIT) leaveBehind(c);
  if (c.ticksLeft <= 0) dueEvents(c);
  if (c.stop !== RUNNING) return 0;
  if ((c.attention & ATTEND_DEBUG) !== 0) attendDebug(c);
  if (!c.shadow && (c.eflags & EFLAGS_IF) !== 0) {
    if (c.nonRoot && c.controls.interruptWindow) vmExit(c, EXIT_REASONS.INTERRUPT_WINDOW);
    if (c.nonRoot ? c.virtualInterrupt : c.intr) takeInterrupt(c);
  }
  if (c.breaksAtFetch) attendFetch(c);
  const followed = c.follower !== null && c.follower.before(c);
  const watched = c.watcher !== null && c.watcher.before(c);
  const alone = c.breaksAtFetch || followed || watched;
  if (alone || c.shadow || (c.eflags & EFLAGS_TF) !== 0) return MODE_SINGLE;
  return (c.eflags & EFLAGS_RF) !== 0 ? RESUMED : 0;
}

/** The instruction has retired, and leaves non-root operation now. */
function leaveBehind(c: Cpu): void {
  const {exitAfter, exitAfterQualification} = c;
  c.exitAfter = NO_EXIT;
  vmExit(c, exitAfter, exitAfterQualification);
}

function dueEvents(c: Cpu): void {
  const now = c.now();
  if (c.nonRoot) c.events.runUnattended?.(now);
  if (c.events.next() <= now) {
    if (c.nonRoot && c.controls.externalInterrupt) vmExit(c, EXIT_REASONS.EXTERNAL_INTERRUPT);
    c.events.runDue(now);
  }
  c.rearm();
  c.lookUp();
}

/** The decoded block at CS:EIP for the present mode; translates the fetch and raises what it raises. */
function fetchBlock(c: Cpu, single: number): Block {
  const limited = (c.mode & MODE_FLAT[CS]) === 0;
  // Why before the translation: a fetch beyond the limit is a segment's fault, whatever lies there.
  if (limited && c.eip >>> 0 > c.segLimit[CS]) generalProtection(c);
  const linear = (c.segBase[CS] + c.eip) | 0;
  const entry = c.fetchView[linear >>> 12];
  let offset = (entry & -4096) | (linear & 4095);
  if ((entry & c.readRight) === 0) {
    offset = c.mmu.fetch(c, linear);
    if (offset === DEVICE) undefinedOpcode(c);
  }
  const mode = c.mode | single;
  const block = c.blocks.find(offset, c.eip, mode);
  if (block === null) return checkLimit(c, decodeBlock(c, offset, mode), limited);
  if (block.crossing >= 0) return checkLimit(c, recheckCrossing(c, block, offset, mode), limited);
  return limited ? checkLimit(c, block, true) : block;
}

/** A block whose one instruction crosses a page is good only while the second page is the one it was decoded from. */
function recheckCrossing(c: Cpu, block: Block, offset: number, mode: number): Block {
  const second = c.mmu.fetch(c, ((c.segBase[CS] + c.eip) & -4096) + 4096 | 0);
  return second !== DEVICE && (second - HOST_BASE) >>> 12 === block.crossing ? block : decodeBlock(c, offset, mode);
}

/** Intel SDM vol. 3A, 5.3: an instruction beyond the limit of CS raises #GP(0). */
function checkLimit(c: Cpu, block: Block, limited: boolean): Block {
  if (!limited || (block.end - 1) >>> 0 <= c.segLimit[CS]) return block;
  return block.n > 1 ? fetchBlock(c, MODE_SINGLE) : generalProtection(c);
}


/**
 * Executes one instruction and nothing around it: no interrupt, no event, no charge; `cpu.singleStep` then tells whether a
 * trap is due. After `fault` the exception is recorded and the state is that before the instruction; `yielded` is a repeated
 * instruction that has not retired yet.
 */
export function step(c: Cpu): 'done' | 'yielded' | 'fault' | 'refused' {
  const {eip} = c;
  c.block = null;
  c.shadow = false;
  c.singleStep = (c.eflags & EFLAGS_TF) !== 0;
  c.yielded = false;
  c.committed = false;
  c.debugTraps = 0;
  c.eflags &= ~EFLAGS_RF;
  try {
    const block = fetchBlock(c, MODE_SINGLE);
    c.eip = block.end;
    c.limit = 1;
    c.at = 0;
    block.ops[0](c);
    if (!c.yielded) return 'done';
    c.eip = eip;
    return 'yielded';
  } catch (signal) {
    if (!c.committed) c.eip = eip;
    if (signal === FAULT) return 'fault';
    if (signal === REFUSAL) return 'refused';
    throw signal;
  }
}
