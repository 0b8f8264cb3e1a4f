// Builds a paravirtual domain as it stands at its first instruction: kernel, list of frames, start_info, rings, bootstrap page
// tables (read-only) and stack in one linear region that ends on 4 MiB, with 512 KiB to spare. Xen, public/xen.h, "Start-of-day
// memory layout".
import {gpa} from '../../memory/address.ts';
import {Image} from '../../machine/image.ts';
import {readXenImage, type XenImage} from '../../machine/xen-image.ts';
import {EFLAGS_FIXED, EFLAGS_IF} from '../../x86/flags.ts';
import {ESI, ESP} from '../../x86/registers.ts';
import {PTE_A, PTE_D, PTE_P, PTE_U, PTE_W} from '../../x86/paging.ts';
import type {Vmm} from '../vmm.ts';
import {COMMAND_LINE_BYTES, CONSOLE_PORT, HYPERCALL_SLOT, HYPERCALL_VECTOR, HYPERVISOR_IRET, MACHINE_MAP_START, MAX_VCPUS, SHARED_INFO, START_INFO, START_MAGIC, STORE_PORT} from './abi.ts';
import {Domain} from './domain.ts';

const PAGE = 4096, SPAN = 4 << 20, PADDING = 512 << 10;
const pages = (bytes: number): number => Math.ceil(bytes / PAGE);

/** Pseudo-physical frames of the bootstrap elements, and where the region ends. */
interface Layout {
  readonly frameList: number;
  readonly info: number;
  readonly store: number;
  readonly console: number;
  readonly tables: number;
  readonly tableCount: number;
  readonly stack: number;
  /** Linear address. */
  readonly end: number;
}

export interface DomainImage {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly commandLine: string;
}

/** Checks that a domain can be built from an image, without building it. @throws ImageError */
export function checkDomain({file, bytes}: DomainImage, memorySize: number): void {
  const image = new Image(file, bytes);
  layOut(image, readXenImage(image), memorySize / PAGE);
}

/** @throws ImageError when the image is none for Xen or does not fit */
export function buildDomain(vmm: Vmm, {file, bytes, commandLine}: DomainImage): Domain {
  const image = new Image(file, bytes);
  const kernel = readXenImage(image);
  const layout = layOut(image, kernel, vmm.guest.frames);
  const domain = new Domain(vmm);
  loadKernel(vmm, image, kernel);
  for (let frame = 0; frame < vmm.guest.frames; frame++) {
    vmm.guest.write32(gpa(layout.frameList * PAGE + frame * 4), vmm.guest.hostFrame(frame));
    domain.map.set(vmm.guest.hostFrame(frame), frame);
  }
  writeTables(vmm, kernel, layout);
  writeInfo(domain, kernel, {layout, commandLine});
  for (let vcpu = 0; vcpu < MAX_VCPUS; vcpu++) domain.writeSharedByte(vcpu * SHARED_INFO.vcpuSize + SHARED_INFO.upcallMask, 1);
  domain.writeShared(SHARED_INFO.maxPseudo, vmm.guest.frames);
  const linear = (frame: number): number => kernel.base + frame * PAGE;
  domain.start = {
    entry: kernel.entry, stack: linear(layout.stack + 1), info: linear(layout.info), directory: vmm.guest.hostFrame(layout.tables),
    consoleFrame: vmm.guest.hostFrame(layout.console), storeFrame: vmm.guest.hostFrame(layout.store),
  };
  startProcessor(domain);
  vmm.domain = domain;
  return domain;
}

function layOut(image: Image, kernel: XenImage, total: number): Layout {
  const frameList = pages(kernel.end - kernel.base);
  const info = frameList + pages(total * 4);
  const [store, console, tables] = [info + 1, info + 2, info + 3];
  for (let tableCount = 2; ; tableCount++) {
    const stack = tables + tableCount;
    const end = Math.ceil((kernel.base + (stack + 1) * PAGE + PADDING) / SPAN) * SPAN;
    if (1 + Math.ceil(end / SPAN) - Math.floor(kernel.base / SPAN) > tableCount) continue;
    if (stack + 1 > total) image.refuse(0, `the kernel and what it starts with take ${stack + 1} pages, the guest has ${total}`, 'give the guest more memory');
    if (end > MACHINE_MAP_START) image.refuse(0, `the domain's initial memory ends at 0x${end.toString(16)}, inside Xen's`, 'link the kernel lower');
    return {frameList, info, store, console, tables, tableCount, stack, end};
  }
}

function loadKernel({guest}: Vmm, image: Image, {segments, base, hypercallPage}: XenImage): void {
  for (const {offset, fileSize, virtualAddress} of segments) guest.write(virtualAddress - base, image.bytes.subarray(offset, offset + fileSize));
  if (hypercallPage !== null) guest.write(hypercallPage - base, hypercallEntries());
}

/** `mov $n,%eax; int $0x82; ret` for each; iret is jumped to and keeps EAX on the stack. Xen, hypercall_page_initialise_ring1_kernel. */
function hypercallEntries(): Uint8Array {
  const bytes = new Uint8Array(PAGE).fill(0xcc);
  for (let at = 0; at < PAGE; at += HYPERCALL_SLOT) bytes.set([0xb8, at / HYPERCALL_SLOT, 0, 0, 0, 0xcd, HYPERCALL_VECTOR, 0xc3], at);
  bytes.set([0x50, 0xb8, HYPERVISOR_IRET, 0, 0, 0, 0xcd, HYPERCALL_VECTOR], HYPERVISOR_IRET * HYPERCALL_SLOT);
  return bytes;
}

/** The directory first, then a table for every 4 MiB; the tables' own pages are mapped read-only. */
function writeTables({guest}: Vmm, {base}: XenImage, {tables, tableCount, end}: Layout): void {
  const first = Math.floor(base / SPAN);
  for (let table = 1; table < tableCount && (first + table - 1) * SPAN < end; table++) {
    guest.write32(gpa(tables * PAGE + (first + table - 1) * 4), (guest.hostFrame(tables + table) << 12) | PTE_P | PTE_W | PTE_U | PTE_A | PTE_D);
  }
  for (let linear = base, frame = 0; linear < end && frame < guest.frames; linear += PAGE, frame++) {
    const table = tables + 1 + Math.floor(linear / SPAN) - first;
    const isTable = frame >= tables && frame < tables + tableCount;
    guest.write32(gpa(table * PAGE + ((linear >>> 12) & 1023) * 4), (guest.hostFrame(frame) << 12) | PTE_P | PTE_A | (isTable ? 0 : PTE_W));
  }
}

function writeInfo({vmm: {guest}, sharedInfo}: Domain, {base}: XenImage, {layout, commandLine}: {layout: Layout; commandLine: string}): void {
  const at = layout.info * PAGE;
  const text = (offset: number, value: string): void => guest.write(at + offset, Uint8Array.from(value, character => character.charCodeAt(0)));
  const word = (offset: number, value: number): void => guest.write32(gpa(at + offset), value);
  text(START_INFO.magic, START_MAGIC);
  word(START_INFO.pages, guest.frames);
  word(START_INFO.sharedInfo, sharedInfo * PAGE);
  word(START_INFO.storeFrame, guest.hostFrame(layout.store));
  word(START_INFO.storePort, STORE_PORT);
  word(START_INFO.consoleFrame, guest.hostFrame(layout.console));
  word(START_INFO.consolePort, CONSOLE_PORT);
  word(START_INFO.tableBase, base + layout.tables * PAGE);
  word(START_INFO.tableFrames, layout.tableCount);
  word(START_INFO.frameList, base + layout.frameList * PAGE);
  text(START_INFO.commandLine, commandLine.slice(0, COMMAND_LINE_BYTES - 1));
}

/** Segments are the CPU strategy's to load, when its descriptor table exists. */
function startProcessor({vmm: {cpu}, start}: Domain): void {
  cpu.r.fill(0);
  cpu.r[ESI] = start.info;
  cpu.r[ESP] = start.stack;
  cpu.eip = start.entry | 0;
  cpu.eflags = EFLAGS_FIXED | EFLAGS_IF;
  cpu.cr3 = start.directory << 12;
}
