// The tables that firmware leaves for a kernel, and where: in the last pages below the BIOS's own, which the memory map reserves.
import type {PcDevices} from '../../devices/pc.ts';
import {differentiatedDescription, firmwareControl, fixedDescription, interruptControllers, rootPointer, rootTable} from './acpi-tables.ts';
import {CONVENTIONAL_END} from '../memory-map.ts';
import {mpTable} from './mp-table.ts';
import {word} from './table-bytes.ts';
import {wiringOf} from './wiring.ts';

/** Kernels look for both pointers from 0xF0000 on, at multiples of 16. */
const FIRST = 0xf_6000;
const ALIGNMENT = 64;
/**
 * The BIOS data area's words for the segment of its extension and for the KiB below it, and the extension's own size in KiB: kernels
 * that look for a table by the specification's order look there first.
 */
const DATA_AREA: readonly FirmwareTable[] = [
  {address: 0x40e, bytes: Uint8Array.from(word(CONVENTIONAL_END >>> 4))}, {address: 0x413, bytes: Uint8Array.from(word(CONVENTIONAL_END >>> 10))},
  {address: CONVENTIONAL_END, bytes: Uint8Array.of(1)},
];

export interface FirmwareTable {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** Every table at its place. To be put into memory before a kernel is loaded, when firmware has set the buses up. */
export function firmwareTables(devices: PcDevices): FirmwareTable[] {
  const wiring = wiringOf(devices);
  const placed: FirmwareTable[] = [...DATA_AREA];
  let next = FIRST;
  const place = (build: (address: number) => Uint8Array): number => {
    const address = next, bytes = build(address);
    placed.push({address, bytes});
    next = Math.ceil((address + bytes.length) / ALIGNMENT) * ALIGNMENT;
    return address;
  };
  place(address => mpTable(address, wiring));
  const dsdt = place(() => differentiatedDescription(wiring));
  const facs = place(firmwareControl);
  const fadt = place(() => fixedDescription(facs, dsdt));
  const madt = place(() => interruptControllers(wiring));
  const rsdt = place(() => rootTable([fadt, madt]));
  place(() => rootPointer(rsdt));
  return placed;
}
