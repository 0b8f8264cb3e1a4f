// The interrupt command register: what a processor sends to others, or to itself. Intel SDM vol. 3A, 10.6.1 Interrupt Command Register (ICR).
import type {InterruptMessage} from './message.ts';
import {deliveryMode, INIT, LOWEST_PRIORITY} from '../../x86/apic/registers.ts';

const LOGICAL = 1 << 11, ASSERT = 1 << 14, LEVEL = 1 << 15;
const TO_OTHERS = 3;
/** The destination of a message to whoever sends it. */
export const SELF = -1;

/**
 * The message a command sends, as the sender may hear it itself; null when nobody on this machine does. An INIT with its level taken back only
 * sets arbitration priorities, and reaches nobody; with a shorthand for oneself only interrupts by vector are defined (table 10-3). What the
 * command register sends are edges, whatever its trigger mode says.
 */
export function commanded(low: number, high: number): InterruptMessage | null {
  const mode = deliveryMode(low);
  const shorthand = (low >>> 18) & 3;
  if (shorthand === TO_OTHERS || (mode === INIT && (low & (ASSERT | LEVEL)) === LEVEL)) return null;
  const destination = shorthand === 0 ? high >>> 24 : SELF;
  if (destination === SELF && mode > LOWEST_PRIORITY) return null;
  return {vector: low & 0xff, mode, level: false, destination, logical: (low & LOGICAL) !== 0};
}
