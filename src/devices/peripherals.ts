// What is plugged into the PC beside its board: a disk and a network card, each behind one of the controllers there are, with what stands
// behind them.
import type {BusMaster, DeviceClock, Line} from './bus.ts';
import {AssignableFunction} from './pci/assignable.ts';
import type {DiskUnit} from './disk/disk.ts';
import {E1000} from './e1000/card.ts';
import {createPiix3Ide, IDE_PORTS} from './ide/piix3-ide.ts';
import type {MemoryBus} from './memory-bus.ts';
import {Wire, type MacAddress, type Peer, type WireSpeed} from './network/wire.ts';
import type {PciBus} from './pci/bus.ts';
import type {IsaBridge} from './pci/chipset.ts';
import type {PortBus} from './port-bus.ts';
import {Pcnet} from './pcnet/card.ts';
import {VirtioBlock} from './virtio/block.ts';
import {VirtioDevice} from './virtio/device.ts';
import {VirtioNetwork} from './virtio/network.ts';
import {virtioCard} from './virtio/pci.ts';
import {XenPlatform} from './xen/platform.ts';

/** Which controllers a machine has: those of a PC, the same beside Xen's platform device, or virtio's. */
export type Controllers = 'pc' | 'xen' | 'virtio';

/** Network cards that a PC may have. */
export type Card = 'e1000' | 'pcnet';

export interface Peripherals {
  readonly controllers: Controllers;
  readonly disk: DiskUnit | null;
  readonly network: {readonly card?: Card; readonly speed: WireSpeed; readonly peer: Peer} | null;
}

export const NO_PERIPHERALS: Peripherals = {controllers: 'pc', disk: null, network: null};

/** Slots as QEMU gives them: the network card first. */
const PLATFORM_SLOT = 2, NETWORK_SLOT = 3, DISK_SLOT = 4;
export const CARD_ADDRESS: MacAddress = [0x52, 0x54, 0x00, 0x77, 0x73, 0x01];

export interface Board {
  readonly clock: DeviceClock;
  readonly memory: BusMaster;
  readonly ports: PortBus;
  readonly space: MemoryBus;
  readonly pci: PciBus;
  readonly bridge: IsaBridge;
  readonly irq: (irq: number) => Line;
}

export interface Plugged {
  readonly virtio: readonly VirtioDevice[];
  readonly wire: Wire | null;
  readonly xenPlatform: XenPlatform | null;
  /** Functions that a VMM may give to a guest whole. */
  readonly assignable: readonly AssignableFunction[];
}

/** The IDE controller is part of the board, with or without a drive. */
export function plugIn(board: Board, {controllers, disk, network}: Peripherals): Plugged {
  const {clock, memory} = board;
  const legacy = controllers !== 'virtio';
  const ide = plugIde(board, legacy ? disk : null);
  const assignable = [ide.function];
  const virtio: VirtioDevice[] = [];
  const wire = network ? new Wire(CARD_ADDRESS, network.speed, {clock, peer: network.peer}) : null;
  if (network && wire && legacy) assignable.push(plugCard(board, network.card ?? 'e1000', wire));
  if (wire && controllers === 'virtio') virtio.push(plugVirtio(board, NETWORK_SLOT, networkOf(board, wire)));
  if (disk && controllers === 'virtio') virtio.push(plugVirtio(board, DISK_SLOT, new VirtioDevice(new VirtioBlock(disk, clock), memory)));
  return {virtio, wire, assignable, xenPlatform: controllers === 'xen' ? plugPlatform(board, ide.detach) : null};
}

/** The emulated controllers go when the guest says that it has front ends. */
function plugPlatform({ports, pci, bridge}: Board, detachDrives: () => void): XenPlatform {
  const platform = new XenPlatform({drives: detachDrives, cards: () => pci.remove({device: NETWORK_SLOT, function: 0})});
  ports.add(platform.unplug);
  pci.add({device: PLATFORM_SLOT, function: 0}, platform.pci, bridge.pin(PLATFORM_SLOT));
  return platform;
}

function plugIde({clock, memory, ports, pci, irq}: Board, drive: DiskUnit | null): {readonly function: AssignableFunction; readonly detach: () => void} {
  const slot = {device: 1, function: 1};
  const ide = new AssignableFunction({slot, source: 'disk', fixedPorts: IDE_PORTS});
  const created = createPiix3Ide({clock, memory: ide.mastering(memory), ports, irq: number => ide.line(irq(number)), units: [drive]});
  ide.pci = created.pci;
  pci.add(slot, ide.pci);
  return {function: ide, detach: created.detach};
}

function plugCard({clock, memory, ports, space, pci, bridge}: Board, kind: Card, wire: Wire): AssignableFunction {
  const slot = {device: NETWORK_SLOT, function: 0};
  const network = new AssignableFunction({slot, source: 'network', fixedPorts: []});
  const parts = {clock, memory: network.mastering(memory), ports, space, port: wire};
  const card = kind === 'pcnet' ? new Pcnet(parts) : new E1000(parts);
  wire.onFrame = frame => card.receive(frame);
  network.pci = card.pci;
  pci.add(slot, card.pci, network.line(bridge.pin(NETWORK_SLOT)));
  return network;
}

/** A frame that arrives is work for whoever serves the receive queue. */
function networkOf({memory}: Board, wire: Wire): VirtioDevice {
  const network = new VirtioNetwork(wire);
  const device = new VirtioDevice(network, memory);
  wire.onFrame = frame => {
    network.accept(frame);
    device.serve(0);
  };
  return device;
}

function plugVirtio({ports, space, pci, bridge}: Board, slot: number, device: VirtioDevice): VirtioDevice {
  pci.add({device: slot, function: 0}, virtioCard(device, {ports, memory: space}), bridge.pin(slot));
  return device;
}
