// MOV, PUSH and POP of segment registers, LDS and its like, LAR, LSL, VERR, VERW, ARPL, and the descriptor-table registers.
// Intel SDM vol. 3A, 5.10 Pointer Validation; vol. 1, 5.1.13 Segment Register Instructions.
import {
  DESCRIPTOR_CODE, DESCRIPTOR_CONFORMING, DESCRIPTOR_PRESENT, DESCRIPTOR_READABLE, DESCRIPTOR_S, DESCRIPTOR_WRITABLE, descriptorBase, descriptorDpl,
  descriptorLimit, descriptorType, selectorError, selectorRpl, TYPE_LDT, TYPE_TSS_16_AVAILABLE, TYPE_TSS_AVAILABLE, TYPE_TSS_BUSY,
} from '../../x86/descriptors.ts';
import {GP, NP} from '../../x86/exceptions.ts';
import {EFLAGS_ZF} from '../../x86/flags.ts';
import {EXIT_REASONS} from '../../x86/exit-reasons.ts';
import {ES, CS, DS, ESP, FS, GS, LDTR, SS, TR} from '../../x86/registers.ts';
import type {Instruction} from '../decode/instruction.ts';
import type {Execute} from '../decode/row.ts';
import {generalProtection, raise, undefinedOpcode} from '../fault.ts';
import {setFlags} from '../flags.ts';
import {vmExit} from '../nonroot.ts';
import {read16, read32, write16, write32, writeSystem} from '../port.ts';
import {loadSegment, readDescriptor, type Descriptor} from '../segmentation.ts';
import {FAULT} from '../signal.ts';
import {MODE_SINGLE, type Cpu} from '../state.ts';
import {address, isFlat, readRm, registerRead, registerWrite, writeRm} from './operand.ts';
import {peeker, pusher} from './stack.ts';

const NAMED: Readonly<Record<string, number>> = {ES, CS, SS, DS, FS, GS};

/** Stores 16 bits in memory; a 32-bit register is filled with zeros above. */
export function storeSelector(i: Instruction, read: (c: Cpu) => number): (c: Cpu) => void {
  const write = i.memory === null ? registerWrite(i.rm, i.operandSize) : writeRm(i, 2);
  return c => write(c, read(c) & 0xffff);
}

export const movFromSegment: Execute = i => {
  const {reg} = i;
  if (reg > GS) return undefinedOpcode;
  return storeSelector(i, c => c.segSelector[reg]);
};

export const movToSegment: Execute = i => {
  const {reg} = i;
  if (reg > GS || reg === CS) return undefinedOpcode;
  const {rm} = i;
  if (i.memory === null) {
    return c => {
      loadSegment(c, reg, c.r[rm] & 0xffff);
      afterSegmentLoad(c, i, reg);
    };
  }
  const read = readRm(i, 2);
  return c => {
    loadSegment(c, reg, read(c));
    afterSegmentLoad(c, i, reg);
  };
};

/**
 * What follows in the block was decoded for the mode before; when that has changed, the block ends here. Loading SS holds
 * interrupts and single-step traps off for one instruction. Intel SDM vol. 3A, 6.8.3.
 */
function afterSegmentLoad(c: Cpu, i: Instruction, segment: number): void {
  if (c.mode !== (i.mode & ~MODE_SINGLE)) c.limit = 0;
  if (segment !== SS) return;
  c.shadow = true;
  c.stackShadow = true;
  c.singleStep = false;
  c.lookUp();
}

export const pushSegment: Execute = i => {
  const segment = NAMED[i.row.operands[0]];
  if (i.operandSize === 4 && isFlat(i, SS)) {
    return c => {
      const esp = (c.r[ESP] - 4) | 0;
      write32(c, esp, c.segSelector[segment]);
      c.r[ESP] = esp;
    };
  }
  const put = pusher(i);
  return c => put(c, c.segSelector[segment]);
};

export const popSegment: Execute = i => {
  const segment = NAMED[i.row.operands[0]];
  const width = i.operandSize;
  if (width === 4 && isFlat(i, SS)) {
    return c => {
      const esp = c.r[ESP];
      loadSegment(c, segment, read32(c, esp) & 0xffff);
      c.r[ESP] = (esp + 4) | 0;
      afterSegmentLoad(c, i, segment);
    };
  }
  const peek = peeker(i);
  return c => {
    const esp = c.r[ESP] + width;
    const mask = c.stackMask;
    loadSegment(c, segment, peek(c, 0) & 0xffff);
    c.r[ESP] = (c.r[ESP] & ~mask) | (esp & mask);
    afterSegmentLoad(c, i, segment);
  };
};

/** LDS, LES, LFS, LGS, LSS. */
export const loadFarPointer: Execute = i => {
  const segment = NAMED[i.row.mnemonic.slice(1)];
  const width = i.operandSize;
  const linear = address(i, width + 2, false);
  const write = registerWrite(i.reg, width);
  return c => {
    const at = linear(c);
    const offset = width === 4 ? read32(c, at) : read16(c, at);
    loadSegment(c, segment, read16(c, (at + width) | 0));
    write(c, offset);
  };
};

/** What looks at descriptors exists in protected mode only. Intel SDM vol. 3B, 20.1.3 Instructions Supported in Real-Address Mode. */
function checkProtected(c: Cpu): void {
  if (c.usesParagraphs) undefinedOpcode(c);
}

/** A descriptor that LAR, LSL, VERR and VERW may look at, or null. */
function visible(c: Cpu, selector: number, systemTypes: readonly number[]): Descriptor | null {
  if ((selector & 0xfffc) === 0) return null;
  let descriptor: Descriptor;
  try {
    descriptor = readDescriptor(c, selector, GP);
  } catch (signal) {
    if (signal === FAULT && c.faultVector === GP) return null;
    throw signal;
  }
  const {high} = descriptor;
  const system = (high & DESCRIPTOR_S) === 0;
  if (system && !systemTypes.includes(descriptorType(high))) return null;
  const conforming = !system && (high & (DESCRIPTOR_CODE | DESCRIPTOR_CONFORMING)) === (DESCRIPTOR_CODE | DESCRIPTOR_CONFORMING);
  return conforming || Math.max(c.cpl, selectorRpl(selector)) <= descriptorDpl(high) ? descriptor : null;
}

function query(systemTypes: readonly number[], value: (descriptor: Descriptor) => number): Execute {
  return i => {
    const read = readRm(i, 2);
    const write = registerWrite(i.reg, i.operandSize);
    return c => {
      checkProtected(c);
      const descriptor = visible(c, read(c), systemTypes);
      setFlags(c, EFLAGS_ZF, descriptor ? EFLAGS_ZF : 0);
      if (descriptor) write(c, value(descriptor));
    };
  };
}
/** The limit's four bits are undefined by older manuals; they are clear. Intel SDM vol. 2, LAR. */
export const lar = query([1, 2, 3, 4, 5, 9, 11, 12], ({high}) => high & 0x00f0ff00);
export const lsl = query([1, 2, 3, 9, 11], ({low, high}) => descriptorLimit(low, high) | 0);

function verify(allows: (high: number) => boolean): Execute {
  return i => {
    const read = readRm(i, 2);
    return c => {
      checkProtected(c);
      const descriptor = visible(c, read(c), []);
      setFlags(c, EFLAGS_ZF, descriptor && allows(descriptor.high) ? EFLAGS_ZF : 0);
    };
  };
}
export const verr = verify(high => (high & DESCRIPTOR_CODE) === 0 || (high & DESCRIPTOR_READABLE) !== 0);
export const verw = verify(high => (high & (DESCRIPTOR_CODE | DESCRIPTOR_WRITABLE)) === DESCRIPTOR_WRITABLE);

/** The operand is written only when its RPL is raised: one that need not change may be read-only. */
export const arpl: Execute = i => {
  const source = registerRead(i.reg, 2);
  const read = readRm(i, 2);
  const write = writeRm(i, 2);
  return c => {
    checkProtected(c);
    const old = read(c);
    const rpl = source(c) & 3;
    const lower = (old & 3) < rpl;
    if (lower) write(c, (old & ~3) | rpl);
    setFlags(c, EFLAGS_ZF, lower ? EFLAGS_ZF : 0);
  };
};

/** SGDT or SIDT: limit and base. Intel SDM vol. 2, SGDT. */
function storeTable(table: 'gdt' | 'idt'): Execute {
  return i => {
    const linear = address(i, 6, true);
    return c => {
      tableExit(c);
      const at = linear(c);
      const [limit, base] = table === 'gdt' ? [c.gdtLimit, c.gdtBase] : [c.idtLimit, c.idtBase];
      write32(c, (at + 2) | 0, base);
      write16(c, at, limit);
    };
  };
}
export const sgdt = storeTable('gdt');
export const sidt = storeTable('idt');

function loadTable(table: 'gdt' | 'idt'): Execute {
  return i => {
    const linear = address(i, 6, false);
    const mask = i.operandSize === 4 ? -1 : 0x00ffffff;
    return c => {
      if (c.cpl !== 0) generalProtection(c);
      tableExit(c);
      const at = linear(c);
      const limit = read16(c, at);
      const base = read32(c, (at + 2) | 0) & mask;
      if (table === 'gdt') [c.gdtLimit, c.gdtBase] = [limit, base];
      else [c.idtLimit, c.idtBase] = [limit, base];
    };
  };
}
export const lgdt = loadTable('gdt');
export const lidt = loadTable('idt');

function tableExit(c: Cpu): void {
  if (c.nonRoot && c.controls.descriptorTables) vmExit(c, EXIT_REASONS.GDTR_IDTR_ACCESS);
}
function selectorExit(c: Cpu): void {
  if (c.nonRoot && c.controls.descriptorTables) vmExit(c, EXIT_REASONS.LDTR_TR_ACCESS);
}

export const sldt: Execute = i => {
  const store = storeSelector(i, c => c.segSelector[LDTR]);
  return c => { checkProtected(c); selectorExit(c); store(c); };
};
export const str: Execute = i => {
  const store = storeSelector(i, c => c.segSelector[TR]);
  return c => { checkProtected(c); selectorExit(c); store(c); };
};

export const lldt: Execute = i => {
  const read = readRm(i, 2);
  return c => {
    checkProtected(c);
    if (c.cpl !== 0) generalProtection(c);
    selectorExit(c);
    const selector = read(c);
    if ((selector & 0xfffc) === 0) return c.setSegment(LDTR, selector, 0, 0, 0);
    const {low, high} = systemDescriptor(c, selector);
    if (descriptorType(high) !== TYPE_LDT) raise(c, GP, selectorError(selector));
    if ((high & DESCRIPTOR_PRESENT) === 0) raise(c, NP, selectorError(selector));
    c.setSegment(LDTR, selector, descriptorBase(low, high), descriptorLimit(low, high), high);
  };
};

/** LTR marks the task state segment busy. */
export const ltr: Execute = i => {
  const read = readRm(i, 2);
  return c => {
    checkProtected(c);
    if (c.cpl !== 0) generalProtection(c);
    selectorExit(c);
    const selector = read(c);
    if ((selector & 0xfffc) === 0) generalProtection(c);
    const {low, high, at} = systemDescriptor(c, selector);
    if (descriptorType(high) !== TYPE_TSS_AVAILABLE && descriptorType(high) !== TYPE_TSS_16_AVAILABLE) raise(c, GP, selectorError(selector));
    if ((high & DESCRIPTOR_PRESENT) === 0) raise(c, NP, selectorError(selector));
    const busy = high | ((TYPE_TSS_BUSY & ~TYPE_TSS_AVAILABLE) << 8);
    writeSystem(c, (at + 5) | 0, 1, (busy >>> 8) & 0xff);
    c.setSegment(TR, selector, descriptorBase(low, high), descriptorLimit(low, high), busy);
  };
};

function systemDescriptor(c: Cpu, selector: number): Descriptor {
  if ((selector & 4) !== 0) raise(c, GP, selectorError(selector));
  const descriptor = readDescriptor(c, selector, GP);
  if ((descriptor.high & DESCRIPTOR_S) !== 0) raise(c, GP, selectorError(selector));
  return descriptor;
}

