// Checks on the guest's control registers, flags and non-register state. Intel SDM vol. 3C, 26.3.1.1, 26.3.1.4 and 26.3.1.5.
// Simplification: CR4.VMXE, which a processor fixes to 1 and a VMM hides, is not modelled.
import {CR0_NE, CR0_PE, CR0_PG, CR4_DEFINED} from '../../x86/control.ts';
import {DB, MC} from '../../x86/exceptions.ts';
import {EFLAGS_FIXED, EFLAGS_IF, EFLAGS_VM} from '../../x86/flags.ts';
import {SS} from '../../x86/registers.ts';
import {descriptorDpl} from '../../x86/descriptors.ts';
import {EVENT_EXTERNAL, EVENT_HARDWARE_EXCEPTION, EVENT_NMI} from '../exit-record.ts';
import type {GuestEvent} from '../exit-record.ts';
import {check} from './row.ts';

/** Bits 31:22, 15, 5 and 3 of RFLAGS. */
const RESERVED_FLAGS = 0xffc0_8028 | 0;
const has = (value: number, bits: number): boolean => (value & bits) === bits;

/** In HLT only what wakes the processor may be injected. */
function wakes({type, vector}: GuestEvent): boolean {
  return type === EVENT_EXTERNAL || type === EVENT_NMI || (type === EVENT_HARDWARE_EXCEPTION && (vector === DB || vector === MC));
}

export const GUEST_CHECKS = [
  check('CR0 has NE set', c => has(c.cr0, CR0_NE)),
  check('CR0 has PE and PG set, for the guest is not unrestricted', c => c.controls.unrestrictedGuest || has(c.cr0, CR0_PE | CR0_PG)),
  check('CR0 has PG set only with PE', c => (c.cr0 & CR0_PG) === 0 || has(c.cr0, CR0_PE)),
  check('CR4 has no reserved bit set', c => (c.cr4 & ~CR4_DEFINED) === 0),
  check('RFLAGS has its reserved bits clear and bit 1 set', c => (c.eflags & RESERVED_FLAGS) === 0 && has(c.eflags, EFLAGS_FIXED)),
  check('RFLAGS.VM is set only in protected mode', c => (c.eflags & EFLAGS_VM) === 0 || has(c.cr0, CR0_PE)),
  check('RFLAGS.IF is set for an injected external interrupt', (c, e) => e?.type !== EVENT_EXTERNAL || has(c.eflags, EFLAGS_IF)),
  check('a guest in HLT is in ring 0', c => !c.halted || descriptorDpl(c.segAttributes[SS]) === 0),
  check('a guest in HLT blocks no events', c => !c.halted || !c.shadow),
  check('into HLT nothing is injected but what wakes the processor', (c, e) => !c.halted || e === null || wakes(e)),
  check('blocking by STI comes with RFLAGS.IF set', c => !c.shadow || c.stackShadow || has(c.eflags, EFLAGS_IF)),
  check('no external interrupt is injected while STI or MOV SS blocks it', (c, e) => e?.type !== EVENT_EXTERNAL || !c.shadow),
];
