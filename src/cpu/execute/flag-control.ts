// CLC, STC, CMC, CLD, STD, CLI, STI, LAHF, SAHF, SALC. Intel SDM vol. 1, 5.1.11 Flag Control Instructions.
import {EAX} from '../../x86/registers.ts';
import {EFLAGS_AF, EFLAGS_CF, EFLAGS_DF, EFLAGS_FIXED, EFLAGS_IF, EFLAGS_IOPL, EFLAGS_PF, EFLAGS_SF, EFLAGS_ZF} from '../../x86/flags.ts';
import type {Execute} from '../decode/row.ts';
import {generalProtection} from '../fault.ts';
import {carry, materialize, setFlags} from '../flags.ts';
import type {Cpu} from '../state.ts';
import {registerRead8, registerWrite8} from './operand.ts';

export const clc: Execute = () => c => setFlags(c, EFLAGS_CF, 0);
export const stc: Execute = () => c => setFlags(c, EFLAGS_CF, EFLAGS_CF);
export const cmc: Execute = () => c => setFlags(c, EFLAGS_CF, carry(c) ? 0 : EFLAGS_CF);
export const cld: Execute = () => c => { c.eflags &= ~EFLAGS_DF; };
export const std: Execute = () => c => { c.eflags |= EFLAGS_DF; };

function checkIopl(c: Cpu): void {
  if (c.cpl > (c.eflags & EFLAGS_IOPL) >>> 12) generalProtection(c);
}

export const cli: Execute = () => c => {
  checkIopl(c);
  c.eflags &= ~EFLAGS_IF;
  c.lookUp();
};

/** Interrupts stay blocked until the next instruction has ended, if they were disabled before. SDM vol. 2, STI. */
export const sti: Execute = () => c => {
  checkIopl(c);
  if ((c.eflags & EFLAGS_IF) === 0) {
    c.shadow = true;
    c.stackShadow = false;
  }
  c.eflags |= EFLAGS_IF;
  c.lookUp();
};

const IN_AH = EFLAGS_SF | EFLAGS_ZF | EFLAGS_AF | EFLAGS_PF | EFLAGS_CF;
const readAh = registerRead8(4);
const writeAh = registerWrite8(4);
const writeAl = registerWrite8(EAX);

export const lahf: Execute = () => c => writeAh(c, (materialize(c) & IN_AH) | EFLAGS_FIXED);
export const sahf: Execute = () => c => setFlags(c, IN_AH, readAh(c) & IN_AH);
/** SALC: AL becomes all ones when CF is set. Undocumented before the manual's 2017 editions. */
export const salc: Execute = () => c => writeAl(c, carry(c) ? 0xff : 0);
