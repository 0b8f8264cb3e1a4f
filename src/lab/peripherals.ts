// What a cell's guest finds behind its controllers: the disk and the network of its specification, as fast as the host's profile says.
import {AT_ONCE} from '../devices/disk/disk.ts';
import {memoryImage, OverlayDisk} from '../devices/disk/overlay.ts';
import type {Disk} from '../devices/disk/disk.ts';
import {InternetHost} from '../devices/network/host.ts';
import {Echo, Sink, Source} from '../devices/network/peers.ts';
import {Pinger} from '../devices/network/pinger.ts';
import type {Peer} from '../devices/network/wire.ts';
import type {Controllers, Peripherals} from '../devices/peripherals.ts';
import type {HostProfile} from '../host/profile.ts';
import type {Hardware} from '../vmm/strategy.ts';
import type {Catalogue} from './catalogue.ts';
import {DiskFile} from './disk-file.ts';
import type {CellSpec, SpecDisk, SpecNetwork} from './spec.ts';

const MIB = 2 ** 20;
/** What a source sends: 1000 frames of 1000 bytes, ten microseconds apart. */
const STREAM = {frames: 1000, bytes: 1000, secondsBetween: 10e-6};

/** Why the cell's own technique decides even for the bare-metal reference: an unmodified guest must find the same controllers there. */
export function peripheralsOf(spec: CellSpec, catalogue: Catalogue, {disk, wire, features}: HostProfile): Peripherals {
  const speed = features['cached-disk'] ? AT_ONCE : {accessSeconds: disk.accessMicroseconds / 1e6, bytesPerSecond: disk.megabytesPerSecond * 1e6};
  return {
    controllers: controllersOf(spec, catalogue),
    disk: spec.disk ? {disk: openDisk(spec.disk), speed} : null,
    network: spec.network
      ? {card: spec.card ?? 'e1000', peer: peerOf(spec.network), speed: {latencySeconds: wire.latencyMicroseconds / 1e6, bitsPerSecond: wire.megabitsPerSecond * 1e6}}
      : null,
  };
}

function controllersOf({technique}: CellSpec, catalogue: Catalogue): Controllers {
  const plugin = technique.io && catalogue.plugins.get('io', technique.io.name);
  return (plugin?.definition as Hardware | undefined)?.controllers ?? 'pc';
}

const openDisk = (disk: SpecDisk): Disk => ('zeros' in disk ? new OverlayDisk(memoryImage(disk.zeros * MIB)) : new DiskFile(disk.file));

function peerOf(network: SpecNetwork): Peer {
  if (network === 'echo') return new Echo();
  if (network === 'sink') return new Sink();
  if (network === 'host') return new InternetHost();
  if (network === 'ping') return new Pinger();
  return new Source(STREAM);
}

/** Puts what the guest wrote back into the disk's file, where that was asked for. */
export function keepDisk({disk: wanted}: CellSpec, disk: Disk | undefined): void {
  if (wanted && 'file' in wanted && wanted.keep && disk instanceof DiskFile) disk.keep();
}
