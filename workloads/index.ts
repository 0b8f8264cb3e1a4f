// The workloads that come with worldswitch, in the order in which they are shown. Images stay beside their sources.
import {findPackageJSON} from 'node:module';
import {pathToFileURL} from 'node:url';
import type {WorkloadDefinition} from 'worldswitch';
import sha256 from './compute/sha256/workload.ts';
import sieve from './compute/sieve/workload.ts';
import {readGuestModification, type GuestModification} from './guest-modification.ts';
import consoleOutput from './io/console-output/workload.ts';
import disk from './io/disk/workload.ts';
import pingPong from './io/ping-pong/workload.ts';
import receiveStream from './io/receive-stream/workload.ts';
import requestResponse from './io/request-response/workload.ts';
import transmitStream from './io/transmit-stream/workload.ts';
import contextSwitch from './lmbench/context-switch/workload.ts';
import exec from './lmbench/exec/workload.ts';
import fork from './lmbench/fork/workload.ts';
import mmap from './lmbench/mmap/workload.ts';
import nullCall from './lmbench/null-call/workload.ts';
import pageFault from './lmbench/page-fault/workload.ts';
import protectionFault from './lmbench/protection-fault/workload.ts';
import addressSpaces from './memory/address-spaces/workload.ts';
import demand from './memory/demand/workload.ts';
import directoryWrite from './memory/directory-write/workload.ts';
import protect from './memory/protect/workload.ts';
import pteBatch from './memory/pte-batch/workload.ts';
import tlbReach from './memory/tlb-reach/workload.ts';
import callret from './nano/callret/workload.ts';
import cliSti from './nano/cli-sti/workload.ts';
import cpuid from './nano/cpuid/workload.ts';
import cr3wr from './nano/cr3wr/workload.ts';
import deviceRegister from './nano/device-register/workload.ts';
import divzero from './nano/divzero/workload.ts';
import hlt from './nano/hlt/workload.ts';
import input from './nano/in/workload.ts';
import invlpg from './nano/invlpg/workload.ts';
import pgfault from './nano/pgfault/workload.ts';
import ptemod from './nano/ptemod/workload.ts';
import rdtsc from './nano/rdtsc/workload.ts';
import syscall from './nano/syscall/workload.ts';
import taskPriority from './nano/task-priority/workload.ts';
import forkwait from './system/forkwait/workload.ts';
import processMix from './system/process-mix/workload.ts';

const manifest = findPackageJSON('..', import.meta.url);
if (manifest === undefined) throw new Error('no package.json above worldswitch\'s workloads');

/** The folder `workloads/` of the package, wherever the compiled code lies. */
export const WORKLOADS_FOLDER = new URL('workloads/', pathToFileURL(manifest));

const definitions = [
  syscall, input, deviceRegister, taskPriority, cr3wr, callret, pgfault, ptemod, divzero, invlpg, cliSti, cpuid, rdtsc, hlt,
  nullCall, protectionFault, pageFault, mmap, contextSwitch, fork, exec,
  tlbReach, demand, protect, addressSpaces, directoryWrite, pteBatch,
  sieve, sha256, forkwait, processMix,
  disk, pingPong, transmitStream, receiveStream, requestResponse, consoleOutput,
];

/** A built-in workload with the folder of its source and images. */
interface Workload {
  readonly definition: WorkloadDefinition;
  readonly folder: URL;
  /** How much of the kernel is another in the paravirtual image, where there is one. */
  readonly guestModification?: GuestModification;
}

const guestModification = readGuestModification(WORKLOADS_FOLDER);

export const WORKLOADS: readonly Workload[] = definitions.map((definition) => ({
  definition,
  folder: new URL(`${definition.suite}/${definition.name}/`, WORKLOADS_FOLDER),
  ...(definition.paravirtualImage ? {guestModification} : {}),
}));
