// Small tables in the state page, by which in-cache sequences test bits without touching the flags.
import {EFLAGS_IF, EFLAGS_IOPL, EFLAGS_TF} from 'worldswitch';
import {IF_OF, MIDDLE_RPL, NOT_PLAIN, type MonitorMemory} from './region.ts';

const BYTES = 256;

export function fillTables(memory: MonitorMemory): void {
  for (let byte = 0; byte < BYTES; byte++) {
    const flags = byte << 8;
    memory.write(NOT_PLAIN + byte * 4, flags & (EFLAGS_TF | EFLAGS_IOPL));
    memory.write(IF_OF + byte * 4, flags & EFLAGS_IF);
    memory.write(MIDDLE_RPL + byte * 4, (byte & 3) === 1 || (byte & 3) === 2 ? 1 : 0);
  }
}
