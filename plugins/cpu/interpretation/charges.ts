// The steps of an interpreter for one guest instruction: fetch, decode, dispatch, execute, and what hangs on them. None of
// them depends on what was executed before, for a plain interpreter keeps nothing of a decoded instruction.
import {accessCharges, chargesOf, EMULATED_INSTEAD, isComplex, writesFlags} from 'worldswitch';
import type {ChargeScheme, Instruction} from 'worldswitch';

/** Each prefix sends the decoder round once more. */
const prefixes = (i: Instruction): number =>
  Number(i.operandSize === 2) + Number(i.addressSize === 2) + Number(i.lock) + Number(i.repeat !== 0) + Number(i.override >= 0);

export const INTERPRETED: ChargeScheme = {
  chargesOf(i) {
    const {soft_tlb_probe, code_write_check} = accessCharges(i);
    return chargesOf({
      emulator_fetch: 1,
      emulator_decode: i.length + prefixes(i),
      emulator_dispatch: 1,
      emulator_execute: 1,
      emulator_execute_complex: isComplex(i) ? 1 : 0,
      emulator_flags: writesFlags(i.row.mnemonic) ? 1 : 0,
      emulator_interrupt_check: 1,
      soft_tlb_probe: 1 + soft_tlb_probe,
      code_write_check,
    });
  },
  instead: EMULATED_INSTEAD,
  probes: true,
};
