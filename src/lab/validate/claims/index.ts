// Every claim, by number. Which were calibrated on was fixed before a cost was set: the single events of 1 to 6, 16 and 17, and 23,
// 25, 33 and 34; everything that is a sum of many events was held out.
import type {Claim} from '../claim.ts';
import {ASSIGNED_DEVICES} from './assigned-devices.ts';
import {COMPUTE} from './compute.ts';
import {DEVICES, NESTED_VIRTUALIZATION} from './devices.ts';
import {GENERATIONS} from './generations.ts';
import {HOSTED_NETWORK} from './hosted-network.ts';
import {IO_PATHS} from './io-paths.ts';
import {MEMORY} from './memory.ts';
import {PROCESSES} from './processes.ts';
import {SINGLE_EVENTS} from './single-events.ts';
import {SWITCHING} from './switching.ts';

const order = ({number}: Claim): number => Number.parseInt(number, 10) + (/\D/.test(number) ? 0.5 : 0);

export const CLAIMS: readonly Claim[] = [
  ...SINGLE_EVENTS, ...PROCESSES, ...COMPUTE, ...MEMORY, ...SWITCHING, ...GENERATIONS, ...DEVICES, ...ASSIGNED_DEVICES, ...HOSTED_NETWORK, ...IO_PATHS, ...NESTED_VIRTUALIZATION,
].toSorted((a, b) => order(a) - order(b));
