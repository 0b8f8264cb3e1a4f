// The named costs: one row for each event a mechanism can produce. A cost belongs to exactly one category; its value,
// unit, source and grade are the host profile's business.
import type {Category} from '../ledger/context.ts';

interface CostDefinition {
  readonly category: Category;
  /** What one event is. */
  readonly meaning: string;
}

const define = <T extends Record<string, CostDefinition>>(rows: T): T => rows;

export const COSTS = define({
  // Instructions the processor executes directly, by class. Every instruction is in exactly one class.
  insn_base: {category: 'guest', meaning: 'an instruction of no other class'},
  insn_multiply: {category: 'guest', meaning: 'MUL or IMUL'},
  insn_divide: {category: 'guest', meaning: 'DIV or IDIV'},
  insn_string: {category: 'guest', meaning: 'a string instruction, before its first iteration'},
  rep_iteration: {category: 'guest', meaning: 'one iteration of a REP string instruction'},
  insn_locked: {category: 'guest', meaning: 'a LOCK-prefixed instruction or XCHG with memory'},
  near_call: {category: 'guest', meaning: 'a near CALL'},
  near_return: {category: 'guest', meaning: 'a near RET'},
  far_call: {category: 'guest', meaning: 'a far CALL or far JMP without change of privilege'},
  far_return: {category: 'guest', meaning: 'a far RET'},
  pushf: {category: 'guest', meaning: 'PUSHF'},
  popf: {category: 'guest', meaning: 'POPF'},
  cli: {category: 'guest', meaning: 'CLI'},
  sti: {category: 'guest', meaning: 'STI'},
  segment_load: {category: 'guest', meaning: 'a load of a segment register by MOV, POP or LDS and its like'},
  descriptor_table: {category: 'guest', meaning: 'LGDT, LIDT, LLDT, LTR or a store of one of them; LAR, LSL, VERR, VERW'},
  cpuid: {category: 'guest', meaning: 'CPUID executed by the processor'},
  rdtsc: {category: 'guest', meaning: 'RDTSC executed by the processor'},
  msr_access: {category: 'guest', meaning: 'RDMSR or WRMSR executed by the processor'},
  cr_access: {category: 'guest', meaning: 'MOV to or from a control register but CR3, CLTS, LMSW, SMSW'},
  cr3_write: {category: 'guest', meaning: 'MOV to CR3 (the instruction; refilling the TLB shows as walks)'},
  invlpg: {category: 'guest', meaning: 'INVLPG'},
  port_io: {category: 'guest', meaning: 'one access to a port of a real legacy device'},
  mmio: {category: 'guest', meaning: 'one access to a register of a real memory-mapped device'},
  apic_access: {category: 'guest', meaning: "one access to a register of the processor's own local APIC"},
  virtual_apic_access: {category: 'guest', meaning: 'one access to the local APIC that the processor carries out on the page of a virtual one'},

  // Crossings between rings that the processor makes by itself.
  interrupt_gate: {category: 'ring-crossing', meaning: 'INT n, INT3 or INTO through a gate'},
  exception_delivery: {category: 'ring-crossing', meaning: 'delivery of a fault or trap through the IDT'},
  interrupt_delivery: {category: 'ring-crossing', meaning: 'delivery of an external interrupt through the IDT'},
  iret: {category: 'ring-crossing', meaning: 'IRET to an outer ring'},
  iret_same_ring: {category: 'ring-crossing', meaning: 'IRET without change of privilege'},
  virtual_interrupt: {category: 'ring-crossing', meaning: 'extra for an interrupt that the processor takes from a virtual local APIC without an exit'},
  nonroot_exception: {category: 'ring-crossing', meaning: 'extra for an exception delivered inside non-root operation without an exit'},

  walk_reference: {category: 'page-walk', meaning: 'one memory reference of a hardware page walk'},
  second_tlb_hit: {category: 'page-walk', meaning: 'a miss of the first-level TLB that hits the second level'},

  // Switches of worlds: what the hardware or the host needs to get from one context to another.
  vm_exit: {category: 'world-switch', meaning: 'hardware part of a VM exit'},
  vm_entry: {category: 'world-switch', meaning: 'hardware part of a VM entry'},
  world_switch: {category: 'world-switch', meaning: 'VMM to host kernel or back: full state, CR3, IDT, one way'},
  host_user_switch: {category: 'world-switch', meaning: 'host kernel to the device-model process or back, one way'},

  // The VMM's own work.
  exit_dispatch: {category: 'vmm', meaning: 'software path from a VM exit to its handler and back, without VMCS accesses'},
  vmcs_read: {category: 'vmm', meaning: 'one VMCS (VMCB) field read'},
  vmcs_write: {category: 'vmm', meaning: 'one VMCS (VMCB) field written'},
  instruction_emulation: {category: 'vmm', meaning: 'one guest instruction decoded and executed by the VMM'},
  event_injection: {category: 'vmm', meaning: 'preparing one event for injection at the next entry'},
  cr_emulation: {category: 'vmm', meaning: 'carrying out a control-register access of the guest'},
  cpuid_emulation: {category: 'vmm', meaning: 'composing the CPUID leaf a guest sees'},
  msr_emulation: {category: 'vmm', meaning: 'carrying out an MSR access of the guest'},
  halt_emulation: {category: 'vmm', meaning: 'putting a halted VCPU to sleep and waking it'},

  // Ring deprivileging: the four steps of a trapped instruction, beside the processor's own delivery and return.
  trap_capture: {category: 'vmm', meaning: "saving the guest's registers after a trap into the VMM"},
  trap_decode: {category: 'vmm', meaning: 'finding out which instruction trapped'},
  trap_emulate: {category: 'vmm', meaning: 'carrying out one trapped privileged instruction on the virtual state'},
  trap_return: {category: 'vmm', meaning: "restoring the guest's registers before going back"},
  descriptor_shadow: {category: 'vmm', meaning: 'making one shadow descriptor from one of the guest'},

  // Binary translation, beside what its code in the cache costs as the instructions it is.
  callout_entry: {category: 'vmm', meaning: 'translated code calling the monitor: registers saved, stack switched, the callout found'},
  callout_exit: {category: 'vmm', meaning: 'the monitor going back into the translation cache after a callout'},
  callout_emulate: {category: 'vmm', meaning: "a guest instruction's work in a callout, its operands known since translation"},
  cache_indirect_jump: {category: 'translation', meaning: 'what an indirect jump of the translation cache loses by misprediction'},
  fault_mapping: {category: 'translation', meaning: "from an address in the translation cache to the guest's EIP and state"},
  virtual_delivery: {category: 'vmm', meaning: "delivering one exception, interrupt or system call through the guest's IDT by a software VMM"},
  virtual_return: {category: 'vmm', meaning: "carrying out the guest's IRET on its virtual state by a software VMM"},
  cache_write_fault: {category: 'translation', meaning: 'the write-protection fault by which a store into translated guest code comes to the monitor'},
  code_page_check: {category: 'translation', meaning: 'looking up whether a translated page still maps the frame it was translated from'},
  cache_drop: {category: 'translation', meaning: 'taking one translation out of use'},
  cache_flush: {category: 'translation', meaning: 'emptying the translation cache'},
  resident_classify: {category: 'mmu', meaning: 'shadow_classify by a monitor that lives in the address space of the guest'},
  resident_fill: {category: 'mmu', meaning: 'shadow_fill by a monitor that lives in the address space of the guest'},
  resident_sync: {category: 'mmu', meaning: 'shadow_sync by a monitor that lives in the address space of the guest'},
  resident_root: {category: 'mmu', meaning: 'shadow_root by a monitor that lives in the address space of the guest'},
  resident_port_emulation: {category: 'device-model', meaning: 'port_emulation by a device model inside the monitor, without leaving it'},

  // Paravirtualization: hypercalls, bounced exceptions, events, and what direct paging checks.
  hypercall_dispatch: {category: 'vmm', meaning: 'finding and entering the routine of one hypercall, registers saved and restored'},
  multicall_entry: {category: 'vmm', meaning: 'taking one call out of a multicall and putting its result back'},
  fault_dispatch: {category: 'vmm', meaning: 'from a fault of a paravirtual guest to what Xen makes of it'},
  exception_bounce: {category: 'vmm', meaning: "an exception put on the paravirtual guest's kernel stack for its own handler"},
  event_upcall: {category: 'vmm', meaning: "finding an event and putting it on the paravirtual guest's kernel stack"},
  pt_request: {category: 'mmu', meaning: 'taking one page-table update from the guest and finding its table'},
  pt_validate: {category: 'mmu', meaning: 'checking one page-table entry against owner, type and counts of the frame it names'},
  table_scan: {category: 'mmu', meaning: 'reading the 1,024 entries of a frame that becomes a page table or stops being one'},
  update_call: {category: 'mmu', meaning: 'a hypercall that updates page tables, beyond the pieces named: mapping the table, locks'},
  mmuext_operation: {category: 'mmu', meaning: 'taking one extended operation from the guest'},
  base_switch: {category: 'mmu', meaning: 'a new page-table base beyond the load of CR3: types held and let go, local descriptors forgotten'},

  // The emulator of instruction-set level virtualization, step by step.
  emulator_fetch: {category: 'vmm', meaning: 'fetching the bytes of one guest instruction in an emulator'},
  emulator_decode: {category: 'translation', meaning: 'decoding one byte of a guest instruction in an emulator'},
  emulator_dispatch: {category: 'vmm', meaning: 'finding and entering the routine of one decoded instruction'},
  emulator_execute: {category: 'vmm', meaning: "doing a simple instruction's work in an emulator"},
  emulator_execute_complex: {category: 'vmm', meaning: 'the further work of an instruction that is not simple: a multiplication, division, string step or system instruction'},
  emulator_flags: {category: 'vmm', meaning: 'recording the arithmetic flags of one instruction in an emulator'},
  emulator_interrupt_check: {category: 'vmm', meaning: 'looking for a pending interrupt between instructions or blocks'},
  emulator_event: {category: 'vmm', meaning: 'delivering one exception or interrupt through the guest IDT in software, or the return from one'},
  translate_instruction: {category: 'translation', meaning: 'translating one guest instruction into the code cache'},
  translated_instruction: {category: 'vmm', meaning: 'executing the translation of one guest instruction'},
  translation_lookup: {category: 'translation', meaning: 'finding the next block at an exit that is not chained'},
  translation_chain: {category: 'translation', meaning: 'patching one block exit to jump straight to the next'},
  host_system_call: {category: 'world-switch', meaning: 'a system call of the emulator process to its host kernel or the return, one way'},

  // Memory virtualization.
  soft_tlb_probe: {category: 'mmu', meaning: 'looking one access up in a software TLB'},
  soft_walk_reference: {category: 'mmu', meaning: "one reference to the guest's paging structures by a software walk"},
  soft_tlb_flush: {category: 'mmu', meaning: 'emptying a software TLB'},
  code_write_check: {category: 'mmu', meaning: 'testing whether a store hits code that has been decoded or translated'},
  shadow_classify: {category: 'mmu', meaning: "walk of the guest's tables to tell a true fault from a hidden one"},
  shadow_fill: {category: 'mmu', meaning: 'one shadow entry filled from the guest entry'},
  shadow_sync: {category: 'mmu', meaning: 'one shadow entry brought up to date after a trapped guest write'},
  shadow_zap: {category: 'mmu', meaning: 'one shadow page torn down'},
  shadow_evict: {category: 'mmu', meaning: 'choosing one shadow page to give up under a memory limit, before it is torn down'},
  shadow_unsync: {category: 'mmu', meaning: 'letting one shadow page go out of step with its guest table'},
  shadow_reread: {category: 'mmu', meaning: 'comparing one shadow entry with the guest entry again'},
  shadow_scan: {category: 'mmu', meaning: 'looking through one half of a guest table for entries that are absent'},
  shadow_prefetch: {category: 'mmu', meaning: 'one neighbour filled along with the shadow entry that faulted'},
  shadow_root: {category: 'mmu', meaning: 'finding or making the shadow root for a CR3 value'},
  nested_fill: {category: 'mmu', meaning: 'one nested-paging entry filled on a violation'},
  nested_protect: {category: 'mmu', meaning: 'one nested-paging entry write-protected, or made writable again'},
  invept: {category: 'mmu', meaning: 'dropping what the TLB and the walk caches keep of nested translations (INVEPT)'},
  invvpid: {category: 'mmu', meaning: 'dropping what the TLB keeps under one tag (INVVPID)'},

  // Device models.
  port_emulation: {category: 'device-model', meaning: 'one port access carried out by a device model'},
  mmio_decode: {category: 'device-model', meaning: 'decoding the instruction behind an MMIO exit, beyond instruction_emulation'},
  mmio_emulation: {category: 'device-model', meaning: 'one MMIO access carried out by a device model'},
  device_timer: {category: 'device-model', meaning: 'a device model running because its timer expired'},

  // Devices given to a guest.
  iommu_map: {category: 'mmu', meaning: "one entry of the IOMMU's tables written, so that a device reaches a page"},
  iommu_invalidate: {category: 'mmu', meaning: 'having the IOMMU forget translations, and waiting until it has'},
  interrupt_forward: {category: 'vmm', meaning: "the host's handler of an assigned device's interrupt, up to the guest's interrupt controller"},

  // Behind the devices: back ends, driver domains, the host's own drivers.
  domain_switch: {category: 'world-switch', meaning: 'hypervisor to the driver domain or back, scheduler and state, one way'},
  back_end_notify: {category: 'back-end', meaning: 'signalling a back end: an eventfd, or an event channel'},
  back_end_request: {category: 'back-end', meaning: 'a back end taking requests from a ring and giving them back, for each time it runs'},
  disk_request: {category: 'back-end', meaning: "one request through the host's block layer and disk driver"},
  packet: {category: 'back-end', meaning: "one packet through the host's network stack and driver"},
  grant_map: {category: 'back-end', meaning: 'mapping one granted page into the driver domain'},
  grant_unmap: {category: 'back-end', meaning: 'taking one granted page out of the driver domain again'},
  grant_copy: {category: 'back-end', meaning: 'one piece of a grant copy, before its bytes'},
  copy_kib: {category: 'back-end', meaning: '1 KiB copied between guest memory and a buffer of the host'},
});

export type CostName = keyof typeof COSTS;

/** All cost names in table order; the index is the cost's number in every counter array. */
export const COST_NAMES = Object.keys(COSTS) as readonly CostName[];

/** Number of a cost, the index into counter arrays. */
export const costNumber: Readonly<Record<CostName, number>> = Object.fromEntries(
  COST_NAMES.map((name, index) => [name, index]),
) as Record<CostName, number>;
