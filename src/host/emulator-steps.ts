// The steps of an emulator, which is the same program on every host: no profile has a reason to price them differently but
// for mispredicted branches, which an emulator and a translator are full of. Each step is priced by what it does; what an
// emulated instruction costs in all is a result. What depends on the host's memory or gates stands in the profile.
import type {CostName} from './costs.ts';
import {estimated} from './figure.ts';
import type {Figure} from './profile.ts';

type HostStep = 'emulator_dispatch' | 'translate_instruction' | 'soft_walk_reference';
type CommonStep = Exclude<Extract<CostName, `emulator_${string}` | `translat${string}` | `soft_${string}` | 'code_write_check'>, HostStep>;

export const EMULATOR_STEPS: Readonly<Record<CommonStep, Figure>> = {
  emulator_fetch: estimated(4, 'a compare with the current code page and one load that hits the first-level cache'),
  emulator_decode: estimated(3, 'a table look-up by the byte, a shift of the window, a test of what follows'),
  emulator_execute: estimated(2, 'one operation, with its operand taken from and put back to the register file in memory'),
  emulator_execute_complex: estimated(12, 'a routine call and a slow host instruction or some checks; between IMUL and DIV of most hosts'),
  emulator_flags: estimated(2, 'operands and result stored, the flags worked out when asked for'),
  emulator_interrupt_check: estimated(1, 'a load and a branch that is always predicted'),
  emulator_event: estimated(150, 'IDT entry, descriptor, checks and a frame of three to five words; its memory accesses are charged as probes too'),
  translated_instruction: estimated(3, 'two or three host instructions for one of the guest, registers held in memory'),
  translation_lookup: estimated(30, 'a hash of EIP, a compare of the key, an indirect jump that is often mispredicted'),
  translation_chain: estimated(50, 'one jump rewritten and entered in two lists; the host sees code it has cached being modified'),
  soft_tlb_probe: estimated(4, 'index, compare, add: four instructions and a load in the way of the access'),
  soft_tlb_flush: estimated(250, 'some 4 KiB of entries cleared 16 bytes a cycle'),
  code_write_check: estimated(2, 'a bit of the page tested with the software TLB entry in hand'),
};
