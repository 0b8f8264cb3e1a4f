// INT 15h: memory map and sizes, the A20 gate, moves to extended memory, waiting. IBM PS/2 and PC BIOS Interface Technical Reference,
// "Interrupt 15h"; ACPI Specification 6.4, 15.1 INT 15H, E820H.
//
// Simplification: a wait ends at a tick of the 18.2 Hz timer.
import type {DeviceClock} from '../../devices/bus.ts';
import type {PortBus} from '../../devices/port-bus.ts';
import {memoryMap, MIB} from '../memory-map.ts';
import type {Call} from './call.ts';
import {EBDA} from './data-area.ts';
import {linear} from './real-memory.ts';
import {CONFIGURATION_TABLE, ROM_SEGMENT} from './rom.ts';

const SMAP = 0x534d4150;
const A20_PORT = 0x92, A20 = 0x02;
const KIB = 1024;

export class SystemServices {
  readonly #memorySize: number;
  readonly #ports: PortBus;
  readonly #clock: DeviceClock;
  /** When the wait that is going on ends. */
  #waitsUntil: number | null = null;

  constructor(memorySize: number, ports: PortBus, clock: DeviceClock) {
    this.#memorySize = memorySize;
    this.#ports = ports;
    this.#clock = clock;
  }

  serve(call: Call): void {
    call.carry = false;
    if (call.ah === 0x24) return this.#a20(call);
    if (call.ah === 0x86) return this.#wait(call);
    if (call.ah === 0x87) return move(call);
    if (call.ah === 0x88) return this.#extendedMemory(call);
    if (call.ah === 0xc0) return configuration(call);
    if (call.ah === 0xc1) return void (call.es = EBDA);
    if (call.ax === 0xe801 || call.ax === 0xe881) return this.#sizes(call);
    if (call.ax === 0xe820) return this.#map(call);
    return call.refuse();
  }

  /** 0 closes the gate, 1 opens it, 2 tells, 3 says how it can be done: by the keyboard controller and by port 92h. */
  #a20(call: Call): void {
    const gate = this.#ports.read(A20_PORT, 1);
    if (call.al > 3) return call.refuse();
    if (call.al < 2) this.#ports.write(A20_PORT, 1, call.al === 1 ? gate | A20 : gate & ~A20);
    if (call.al === 2) call.al = (gate & A20) === 0 ? 0 : 1;
    if (call.al === 3) call.bx = 3;
    call.ah = 0;
  }

  /** CX:DX microseconds. */
  #wait(call: Call): void {
    const now = this.#clock.now();
    this.#waitsUntil ??= now + Math.ceil(((call.cx * 65536 + call.dx) * this.#clock.hertz) / 1e6);
    if (now < this.#waitsUntil) return call.wait();
    this.#waitsUntil = null;
    return undefined;
  }

  /** KiB above 1 MiB, as far as 16 bits tell. */
  #extendedMemory(call: Call): void {
    call.ax = Math.min(Math.max(0, this.#memorySize - MIB) / KIB, 0xffff);
  }

  /** KiB from 1 to 16 MiB, and units of 64 KiB above. */
  #sizes(call: Call): void {
    const low = Math.min(Math.max(0, this.#memorySize - MIB), 15 * MIB) / KIB;
    const high = Math.max(0, this.#memorySize - 16 * MIB) / (64 * KIB);
    call.ax = low;
    call.bx = high;
    call.cx = low;
    call.dx = high;
  }

  /** EBX counts the ranges, ECX is the room at ES:DI. */
  #map(call: Call): void {
    const ranges = memoryMap(this.#memorySize);
    const range = ranges[call.ebx];
    if (call.edx !== SMAP || call.ecx < 20 || !range) return call.refuse();
    const at = linear(call.es, call.di);
    for (const [offset, value] of [[0, range.address], [4, 0], [8, range.size], [12, 0], [16, range.type]]) call.memory.setU32(at + offset, value);
    call.ebx = call.ebx + 1 < ranges.length ? call.ebx + 1 : 0;
    call.ecx = 20;
    call.eax = SMAP;
  }
}

/** CX words from one descriptor's base to another's; ES:SI points to the table, whose third and fourth entry they are. */
function move(call: Call): void {
  const {memory} = call;
  const table = linear(call.es, call.si);
  const base = (entry: number): number => (memory.u16(entry + 2) | (memory.u8(entry + 4) << 16) | (memory.u8(entry + 7) << 24)) >>> 0;
  const moved = memory.write(base(table + 0x18), memory.bytes(base(table + 0x10), call.cx * 2));
  call.ah = moved ? 0 : 2;
  call.carry = !moved;
}

function configuration(call: Call): void {
  call.es = ROM_SEGMENT;
  call.bx = CONFIGURATION_TABLE;
  call.ah = 0;
}
