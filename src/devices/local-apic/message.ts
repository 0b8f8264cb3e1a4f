// Interrupt messages, as the I/O APIC, a processor's command register or a write of a bus master to 0xFEExxxxx make them, and
// which processors each is for. Intel SDM vol. 3A, 10.6.2 Determining IPI Destination and 10.11 Message Signalled Interrupts.
import {deliveryMode} from '../../x86/apic/registers.ts';

export interface InterruptMessage {
  readonly vector: number;
  readonly mode: number;
  readonly level: boolean;
  readonly destination: number;
  readonly logical: boolean;
}

/** Where writes of bus masters are messages to local APICs. */
export const MESSAGES_BASE = 0xfee0_0000;
const MESSAGES_SIZE = 0x10_0000;
export const isMessage = (address: number): boolean => address >= MESSAGES_BASE && address < MESSAGES_BASE + MESSAGES_SIZE;

const ADDRESS_LOGICAL = 1 << 2;
const DATA_ASSERT = 1 << 14, DATA_LEVEL = 1 << 15;

/** Null for the message that takes a level back: local APICs listen to the other one only. */
export function decodeMessage(address: number, data: number): InterruptMessage | null {
  const level = (data & DATA_LEVEL) !== 0;
  if (level && (data & DATA_ASSERT) === 0) return null;
  return {
    vector: data & 0xff, mode: deliveryMode(data), level, destination: (address >>> 12) & 0xff, logical: (address & ADDRESS_LOGICAL) !== 0,
  };
}

/** How a processor is addressed: its identity, its logical identity, and how that is to be read. */
export interface Identity {
  readonly id: number;
  readonly logical: number;
  /** Bits 31:28 of the destination format register: all ones for the flat model. */
  readonly format: number;
}

const EVERYONE = 0xff;
const FLAT = 0xf;

export function isFor({destination, logical}: InterruptMessage, identity: Identity): boolean {
  if (destination === EVERYONE) return true;
  if (!logical) return destination === identity.id;
  if (identity.format === FLAT) return (destination & identity.logical) !== 0;
  return destination >>> 4 === identity.logical >>> 4 && (destination & identity.logical & 0xf) !== 0;
}
