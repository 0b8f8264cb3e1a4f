// The motherboard: the chips of a PC on a port bus and the PCI bus, their interrupts wired to the two 8259A and the I/O APIC.
import {createAcpiPower} from './acpi-power.ts';
import type {BusMaster, ConsoleSink, DeviceClock, Line} from './bus.ts';
import {createCmos} from './cmos.ts';
import {createDebugConsole} from './debug-console.ts';
import {createDebugExit} from './debug-exit.ts';
import {I8042} from './i8042.ts';
import {InterruptControllers} from './interrupt-controllers.ts';
import type {Keyboard} from './keyboard.ts';
import {MemoryBus} from './memory-bus.ts';
import {PciBus} from './pci/bus.ts';
import {createHostBridge, IsaBridge} from './pci/chipset.ts';
import {programPci} from './pci/firmware.ts';
import type {Pic8259Pair} from './pic8259/pair.ts';
import {Pit8254} from './pit8254/pit.ts';
import {createPortB} from './pit8254/port-b.ts';
import {createPortA} from './port-a.ts';
import {NO_PERIPHERALS, plugIn, type Peripherals, type Plugged} from './peripherals.ts';
import {PortBus} from './port-bus.ts';
import {Uart16550} from './uart16550/uart.ts';
import {Vga} from './vga.ts';

const IRQ_TIMER = 0;
const IRQ_KEYBOARD = 1;
const IRQ_COM1 = 4;
const IRQ_CLOCK = 8;
/** What QEMU's process gives when its guest has switched the machine off. */
const POWERED_OFF = 0;

export interface PcOptions {
  readonly clock: DeviceClock;
  /** Guest memory in bytes, as CMOS reports it. */
  readonly memorySize: number;
  /** Takes what COM1 and port 0xE9 print. */
  readonly console: ConsoleSink;
  /** The CPU's interrupt request. */
  readonly interrupt: Line;
  /** The CPU's non-maskable interrupt; none unless given. */
  readonly nmi?: () => void;
  /** The guest ends the machine through isa-debug-exit. */
  readonly exit: (code: number) => void;
  /** The guest pulls the reset line. */
  readonly reset: () => void;
  /** What bus masters see of memory. */
  readonly memory: BusMaster;
  readonly peripherals?: Peripherals;
  /** The A20 gate. It starts on, as firmware leaves it, and is driven at each write that concerns it. */
  readonly a20?: Line;
}

/**
 * What a VMM may keep nearer to itself than the rest: the interrupt controllers, the timer with port B, and ports that only choose which
 * register another port reaches.
 */
export type Chip = 'pic' | 'pit' | 'selector' | 'other';

export interface PcDevices extends Plugged {
  readonly ports: PortBus;
  /** Devices at physical addresses. */
  readonly memory: MemoryBus;
  readonly pci: PciBus;
  readonly bridge: IsaBridge;
  readonly interrupts: InterruptControllers;
  readonly pic: Pic8259Pair;
  readonly pit: Pit8254;
  readonly uart: Uart16550;
  readonly keyboard: Keyboard;
  readonly vga: Vga;
  chipAt(port: number): Chip;
  /** Whose registers lie at a physical address. */
  chipAtAddress(address: number): Chip;
  /** Whether an interrupt controller or the timer, and not another chip, has something due. */
  timerChipDue(now: number): boolean;
}

/** The chips in their reset state; `programAsFirmware` brings them to where a boot loader finds them. */
export function createPcDevices(options: PcOptions): PcDevices {
  const {clock, console, memorySize, reset} = options;
  const space = new MemoryBus();
  const interrupts = new InterruptControllers({clock, output: options.interrupt, nmi: options.nmi ?? (() => {}), reset, space});
  const {pic} = interrupts;
  const irq = (number: number): Line => interrupts.line(number);
  const pit = new Pit8254(clock, irq(IRQ_TIMER));
  const uart = new Uart16550({console, interrupt: irq(IRQ_COM1)});
  const [keyboardA20, fastA20] = eitherOf(options.a20 ?? (() => {}));
  const i8042 = new I8042({interrupt: irq(IRQ_KEYBOARD), a20: keyboardA20, reset});
  const vga = new Vga(clock);
  const ports = new PortBus();
  const portB = createPortB(clock, pit);
  for (const device of [
    pic.device,
    pit.device,
    portB,
    uart.device,
    createCmos(clock, memorySize, irq(IRQ_CLOCK)),
    i8042.device,
    vga.device,
    createPortA(fastA20, reset),
    createDebugConsole(console),
    createDebugExit(options.exit),
    createAcpiPower(clock, () => options.exit(POWERED_OFF)),
  ]) ports.add(device);
  const pci = new PciBus(reset);
  const bridge = new IsaBridge((number, level) => interrupts.setLine(number, level));
  ports.add(pci.device);
  pci.add({device: 0, function: 0}, createHostBridge());
  pci.add({device: 1, function: 0}, bridge.pci);
  const memory = interrupts.withMessages(options.memory);
  const plugged = plugIn({clock, memory, ports, space, pci, bridge, irq}, options.peripherals ?? NO_PERIPHERALS);
  const chips = new Map<unknown, Chip>([[pic.device, 'pic'], [pit.device, 'pit'], [portB, 'pit']]);
  const chipAt = (port: number): Chip => {
    const device = ports.deviceAt(port);
    return chips.get(device) ?? (device?.selects?.(port) ? 'selector' : 'other');
  };
  const controllers = new Set<unknown>([interrupts.apic, interrupts.ioApic]);
  const chipAtAddress = (address: number): Chip => (controllers.has(space.deviceAt(address)) ? 'pic' : 'other');
  const timerChipDue = (now: number): boolean => pit.nextEdge <= now || interrupts.apic.timer.due <= now;
  return {ports, memory: space, ...plugged, pci, bridge, interrupts, pic, pit, uart, keyboard: i8042.keyboard, vga, chipAt, chipAtAddress, timerChipDue};
}

/** The A20 gate is open when either of two ports opens it; the keyboard controller's does from the start. */
function eitherOf(output: Line): [Line, Line] {
  const levels = [true, false];
  const input = (index: number): Line => level => {
    levels[index] = level;
    output(levels[0] || levels[1]);
  };
  return [input(0), input(1)];
}

/**
 * What a BIOS leaves behind, mostly as port writes: interrupts at vectors 0x08 and 0x70 with all but the timer, keyboard and
 * cascade masked, the timer at 18.2 Hz, scan codes translated, COM1 at 9600 baud, 8N1, and the PCI bus set up.
 */
export function programAsFirmware({ports, pci, bridge, interrupts}: PcDevices): void {
  const writes: ReadonlyArray<readonly [port: number, ...values: number[]]> = [
    [0x20, 0x11], [0x21, 0x08, 0x04, 0x01, 0xf8],
    [0xa0, 0x11], [0xa1, 0x70, 0x02, 0x01, 0xff],
    [0x43, 0x34], [0x40, 0x00, 0x00],
    [0x43, 0x54], [0x41, 18],
    [0x64, 0x60], [0x60, 0x65],
    [0x3fb, 0x83], [0x3f8, 12], [0x3f9, 0], [0x3fb, 0x03], [0x3fc, 0x03],
  ];
  for (const [port, ...values] of writes) for (const value of values) ports.write(port, 1, value);
  programPci(pci, bridge, ports);
  interrupts.programAsFirmware();
}
