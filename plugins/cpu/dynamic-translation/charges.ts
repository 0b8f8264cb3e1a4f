// What translated code costs when it runs: the translation of each guest instruction, a routine where it is not simple, and its
// memory accesses. Fetching, decoding and dispatching happened when it was translated.
import {accessCharges, chargesOf, EMULATED_INSTEAD, isComplex} from 'worldswitch';
import type {ChargeScheme} from 'worldswitch';

export const TRANSLATED: ChargeScheme = {
  chargesOf: i => chargesOf({translated_instruction: 1, emulator_execute_complex: isComplex(i) ? 1 : 0, ...accessCharges(i)}),
  instead: EMULATED_INSTEAD,
  probes: true,
};
