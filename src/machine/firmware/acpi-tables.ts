// The ACPI tables that a kernel needs to find the APICs, the PCI bus, its interrupts and the way to switch off.
// Advanced Configuration and Power Interface Specification 1.0b, 5.2; 2.0 for the table of interrupt controllers' source overrides.
import {POWER_CONTROL, POWER_EVENTS, POWER_TIMER, SLEEP_OFF} from '../../devices/acpi-power.ts';
import {IO_APIC_BASE} from '../../devices/io-apic/io-apic.ts';
import {MESSAGES_BASE as LOCAL_APIC_BASE} from '../../devices/local-apic/message.ts';
import {buffer, busNumbers, device, END_OF_RESOURCES, integer, list, memory, name, ownPorts, ports, scope} from './aml.ts';
import {byte, dword, summed, text, word, zeros} from './table-bytes.ts';
import type {Wiring} from './wiring.ts';

const OEM = 'WSWTCH';
const SYSTEM_CONTROL_IRQ = 9;
/** Flags of an interrupt source: active high, level-triggered. */
const HIGH_LEVEL = 0b1101;
const HEADER_BYTES = 36;

/** 5.2.3: signature, length, revision, checksum and who made it, before a table's own fields. */
function table(signature: string, body: readonly number[]): Uint8Array {
  const head = [...text(signature), ...dword(HEADER_BYTES + body.length), ...byte(1, 0), ...text(OEM), ...text('WSWITCH', 8), ...dword(1), ...text('WSW '), ...dword(1)];
  return summed([...head, ...body], 9);
}

export const rootPointer = (rsdt: number): Uint8Array => summed([...text('RSD PTR '), 0, ...text(OEM), 0, ...dword(rsdt)], 8);
export const rootTable = (tables: readonly number[]): Uint8Array => table('RSDT', dword(...tables));
/** 5.2.6: nobody else owns the machine, and it does not wake up. */
export const firmwareControl = (): Uint8Array => Uint8Array.from([...text('FACS'), ...dword(64), ...zeros(56)]);

/** 5.2.5: no command port for switching ACPI on, for it is on; no general-purpose events; buttons and clock alarm are no fixed hardware. */
export function fixedDescription(facs: number, dsdt: number): Uint8Array {
  const absent = 0xfff;
  const flags = 1 << 0 | 1 << 2 | 1 << 4 | 1 << 5 | 1 << 6;
  return table('FACP', [
    ...dword(facs, dsdt), ...byte(1, 0), ...word(SYSTEM_CONTROL_IRQ), ...dword(0), ...zeros(4),
    ...dword(POWER_EVENTS, 0, POWER_CONTROL, 0, 0, POWER_TIMER, 0, 0), ...byte(4, 2, 0, 4, 0, 0, 0, 0),
    ...word(absent, absent, 0, 0), ...byte(0, 0, 0, 0, 0x32), ...zeros(3), ...dword(flags),
  ]);
}

/** One processor and one I/O APIC; the timer on pin 2, PCI's and the system control interrupt as levels; NMI on LINT1. */
export function interruptControllers({isa, pci}: Wiring): Uint8Array {
  const moved = isa.filter(({irq, pin}) => irq !== pin).map(({irq, pin}) => override(irq, pin, 0));
  const levels = [...new Set([SYSTEM_CONTROL_IRQ, ...pci.map(({pin}) => pin)])].toSorted((a, b) => a - b).map(irq => override(irq, irq, HIGH_LEVEL));
  return table('APIC', [
    ...dword(LOCAL_APIC_BASE, 1), ...byte(0, 8, 0, 0), ...dword(1), ...byte(1, 12, 0, 0), ...dword(IO_APIC_BASE, 0), ...moved.flat(), ...levels.flat(),
    ...byte(4, 6, 0xff), ...word(0), 1,
  ]);
}

const override = (irq: number, pin: number, flags: number): number[] => [...byte(2, 10, 0, irq), ...dword(pin), ...word(flags)];

/** The devices: a PCI bridge with what it passes on and where cards' interrupts end, and the state in which the machine is off. */
export function differentiatedDescription({pci}: Wiring): Uint8Array {
  const routes = pci.map(({device, pin}) => list(integer(((device << 16) | 0xffff) >>> 0), integer(0), integer(0), integer(pin)));
  const resources = [
    ...busNumbers(0, 0xff), ...ownPorts(0xcf8, 8), ...ports(0, 0xcf7), ...ports(0xd00, 0xffff), ...memory(0xa_0000, 0xb_ffff),
    ...memory(0xe000_0000, IO_APIC_BASE - 1), ...END_OF_RESOURCES,
  ];
  const bridge = device('PCI0', name('_HID', integer(PNP_PCI_BRIDGE)), name('_ADR', integer(0)), name('_UID', integer(0)), name('_CRS', buffer(resources)), name('_PRT', list(...routes)));
  const off = list(integer(SLEEP_OFF), integer(SLEEP_OFF), integer(0), integer(0));
  return table('DSDT', [...scope('\\_SB_', bridge), ...name('\\_S5_', off)]);
}

/** PNP0A03, compressed. */
const PNP_PCI_BRIDGE = 0x030a_d041;
