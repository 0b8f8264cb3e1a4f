// The MultiProcessor table: one processor, its local APIC, an I/O APIC, and which interrupts are wired to which of their pins.
// Intel MultiProcessor Specification 1.4, chapter 4. The same wiring as QEMU's PC with SeaBIOS.
import {IO_APIC_BASE} from '../../devices/io-apic/io-apic.ts';
import {MESSAGES_BASE as LOCAL_APIC_BASE} from '../../devices/local-apic/message.ts';
import {cpuidLeaf} from '../../x86/cpuid.ts';
import type {Wiring} from './wiring.ts';
import {byte, dword, summed, text, word, zeros} from './table-bytes.ts';

const POINTER_BYTES = 16;
const PROCESSOR = 0, BUS = 1, IO_APIC = 2, IO_INTERRUPT = 3, LOCAL_INTERRUPT = 4;
const PCI_BUS = 0, ISA_BUS = 1;
const INT = 0, NMI = 1, EXTINT = 3;
const ACTIVE_HIGH = 1;
const APIC_VERSION = 0x14, IO_APIC_VERSION = 0x11;

/** The floating pointer and behind it the configuration table. */
export function mpTable(base: number, {isa, pci}: Wiring): Uint8Array {
  const {eax: signature, edx: features} = cpuidLeaf(1, true);
  const entries = [
    [...byte(PROCESSOR, 0, APIC_VERSION, 0b11), ...dword(signature, features), ...zeros(8)],
    [...byte(BUS, PCI_BUS), ...text('PCI', 6)],
    [...byte(BUS, ISA_BUS), ...text('ISA', 6)],
    [...byte(IO_APIC, 0, IO_APIC_VERSION, 1), ...dword(IO_APIC_BASE)],
    ...pci.map(({device, pin}) => [...byte(IO_INTERRUPT, INT), ...word(ACTIVE_HIGH), ...byte(PCI_BUS, device << 2, 0, pin)]),
    ...isa.map(({irq, pin}) => [...byte(IO_INTERRUPT, INT), ...word(0), ...byte(ISA_BUS, irq, 0, pin)]),
    [...byte(LOCAL_INTERRUPT, EXTINT), ...word(0), ...byte(ISA_BUS, 0, 0, 0)],
    [...byte(LOCAL_INTERRUPT, NMI), ...word(0), ...byte(ISA_BUS, 0, 0, 1)],
  ];
  return Uint8Array.from([...pointer(base + POINTER_BYTES), ...configuration(entries)]);
}

/** 4.1: no default configuration, and no register that switches from the 8259A to the APICs. */
const pointer = (table: number): Uint8Array => summed([...text('_MP_'), ...dword(table), ...byte(1, 4, 0, 0), ...zeros(4)], 10);

function configuration(entries: readonly number[][]): Uint8Array {
  const header = [...text('WSWITCH', 8), ...text('PC', 12), ...dword(0), ...word(0, entries.length), ...dword(LOCAL_APIC_BASE), ...word(0), ...byte(0, 0)];
  const body = [...header, ...entries.flat()];
  return summed([...text('PCMP'), ...word(8 + body.length), ...byte(4, 0), ...body], 7);
}
