// DAA, DAS, AAA, AAS, AAM, AAD. Intel SDM vol. 1, 5.1.3 Decimal Arithmetic Instructions.
import {DE} from '../../x86/exceptions.ts';
import {EAX} from '../../x86/registers.ts';
import {EFLAGS_AF, EFLAGS_CF} from '../../x86/flags.ts';
import type {Execute} from '../decode/row.ts';
import {raise} from '../fault.ts';
import {adjust, carry, materialize, resultFlags} from '../flags.ts';
import type {Cpu} from '../state.ts';
import {registerRead8, registerWrite8} from './operand.ts';

const [al, ah] = [registerRead8(EAX), registerRead8(4)];
const [setAl, setAh] = [registerWrite8(EAX), registerWrite8(4)];

/** SF, ZF and PF from AL; CF and AF as given. */
function alFlags(c: Cpu, carried: boolean, adjusted: boolean): void {
  resultFlags(c, al(c) << 24, 24, (carried ? EFLAGS_CF : 0) | (adjusted ? EFLAGS_AF : 0));
}

/** Adds (or subtracts) 6 and 0x60 where a digit overflowed. */
function packed(direction: 1 | -1): Execute {
  return () => c => {
    const old = al(c);
    const carried = carry(c);
    const low = (old & 15) > 9 || adjust(c);
    const high = old > 0x99 || carried;
    const borrowed = direction === -1 && low && old < 6;
    setAl(c, old + direction * ((low ? 6 : 0) + (high ? 0x60 : 0)));
    alFlags(c, high || borrowed || (direction === 1 && low && carried), low);
  };
}
export const daa = packed(1);
export const das = packed(-1);

function unpacked(direction: 1 | -1): Execute {
  return () => c => {
    const adjusts = (al(c) & 15) > 9 || adjust(c);
    const flags = materialize(c) & ~(EFLAGS_CF | EFLAGS_AF);
    if (adjusts) {
      c.r[EAX] = (c.r[EAX] & ~0xffff) | ((c.r[EAX] + direction * 0x106) & 0xffff);
    }
    c.eflags = flags | (adjusts ? EFLAGS_CF | EFLAGS_AF : 0);
    setAl(c, al(c) & 15);
  };
}
export const aaa = unpacked(1);
export const aas = unpacked(-1);

export const aam: Execute = i => {
  const base = i.immediate & 0xff;
  return c => {
    if (base === 0) raise(c, DE);
    const value = al(c);
    setAh(c, Math.floor(value / base));
    setAl(c, value % base);
    alFlags(c, false, false);
  };
};

export const aad: Execute = i => {
  const base = i.immediate & 0xff;
  return c => {
    setAl(c, al(c) + ah(c) * base);
    setAh(c, 0);
    alFlags(c, false, false);
  };
};
