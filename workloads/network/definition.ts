// What the definitions of the network workloads share: parameters, and the checksum over payloads that both sides know.
import type {ParameterDefinition, WorkloadDefinition} from 'worldswitch';
import {operations, timer} from '../parameters.ts';
import {foldChecksum, reportLine} from '../report-line.ts';

type Parameters = WorkloadDefinition['parameters'];
type Params = Readonly<Record<string, string | number>>;

/** Bytes of the IP and UDP, or ICMP, headers. */
const HEADERS = 28;

const size: ParameterDefinition = {kind: 'number', default: 1500, min: 44, max: 1500, meaning: 'bytes of an IP packet, at most the MTU'};
const driver: ParameterDefinition = {
  kind: 'choice', default: 'auto', values: ['auto', 'e1000', 'e1000-msi', 'pcnet', 'virtio-legacy', 'virtio', 'xen'],
  meaning: 'the driver, and with pcnet the card; e1000-msi has the card interrupt by messages to the local APIC; auto takes Xen\'s where there is Xen, virtio where there is such a device, else the e1000',
};
const moderation: ParameterDefinition = {
  kind: 'number', default: 0, min: 0, max: 1_000_000, meaning: 'interrupts a second at most, 0 = no limit; the e1000 alone has such a throttle',
};
const mode: ParameterDefinition = {kind: 'choice', default: 'interrupt', values: ['interrupt', 'polled'], meaning: 'how the guest learns of what its card did'};

/** How many packets go together, said in the words of the workload. */
export const depth = (meaning: string): ParameterDefinition => ({kind: 'number', default: 1, min: 1, max: 32, meaning});

export const networkParameters = (more: Parameters = {}): Parameters => ({operations: operations(100, 100_000), timer: timer(0), driver, mode, moderation, size, ...more});

/** The card that a driver of these workloads is for. */
export const cardOf = ({driver: name}: Params): 'e1000' | 'pcnet' => (name === 'pcnet' ? 'pcnet' : 'e1000');

/** Packets before the region, about. */
const WARM_UP = 3;

/** Polling takes as many instructions as there is time, which may be a tick of the host for each packet. */
export const instructionsOf = ({operations: count, size: packet, mode: how}: Params): number =>
  2_000_000 + (Number(count) + WARM_UP) * ((how === 'polled' ? 12_000_000 : 500_000) + 20 * Number(packet));

/** Words of a payload in order, the last one cut to what is left. */
function payloadDigest(sum: number, number: number, bytes: number): number {
  let digest = foldChecksum(sum, number);
  for (let at = 4; at < bytes; at += 4) {
    const word = Math.imul(number, 0x9e3779b1) + Math.imul(at / 4, 0x85ebca6b);
    digest = foldChecksum(digest, bytes - at >= 4 ? word : word & ((1 << (8 * (bytes - at))) - 1));
  }
  return digest;
}

export function expectedLine(name: string, {operations: count, size: packet}: Params): string {
  let digest = 0;
  for (let number = 0; number < Number(count); number++) digest = payloadDigest(digest, number, Number(packet) - HEADERS);
  return reportLine(name, Number(count), digest);
}
