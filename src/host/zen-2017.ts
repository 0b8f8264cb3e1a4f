// Host zen-2017: Threadripper 1950X (3.4 GHz), the one AMD host: AMD-V with nested paging and address-space identifiers. A
// VMCB is memory, so `vmcs_read` and `vmcs_write` price a load and a store. EPYC 7001, the same core, stands in where only
// it was measured. Simplification: one cost per instruction class, no cache and no pipeline.
import {ZEN_ASSIGNMENT} from './assignment-costs.ts';
import {ZEN_BACK_END} from './back-end-costs.ts';
import {TRANSLATOR_STEPS, TRANSLATOR_STEPS_SHORT_PIPELINE} from './binary-translation-costs.ts';
import {EMULATOR_STEPS} from './emulator-steps.ts';
import {derived, estimated, published, remembered} from './figure.ts';
import {PARAVIRTUAL_ON_SKYLAKE} from './paravirtual-costs.ts';
import type {HostProfile} from './profile.ts';

export const zen: HostProfile = {
  name: 'zen-2017',
  title: 'Threadripper 1950X, 3.4 GHz, AMD-V with NPT and ASID',
  clock: published(3400, '[NEM] Threadripper 1950X at 3.4 GHz', 'MHz'),
  features: {
    vendor: 'amd', 'hardware-assistance': true, 'nested-paging': true, 'tagged-tlb': true, 'unrestricted-guest': true,
    'walk-caches': true, 'nested-accessed-dirty': true, virtualizable: false, 'cached-disk': false,
    'tpr-shadow': true, 'apic-access-page': false, 'virtual-apic': true, 'posted-interrupts': true, iommu: true,
  },
  tlb: {
    data: {entries: 64, ways: 64}, instruction: {entries: 64, ways: 64}, secondLevel: {entries: 1536, ways: 12}, largeData: null,
    largeInstruction: null, secondLevelLarge: true,
    source: '[AMD-OPT] section 2.7, confidence 0.8; Simplification: one second level for data and code, where Zen has another of 512 entries '
      + 'for code, and plain sets, where its ways are skewed by page size',
    grade: 'remembered',
  },
  walkCaches: {
    directoryEntries: 32, nestedEntries: 16, source: 'that such caches exist and pay: [BHA08]; the sizes are a guess', grade: 'estimated',
  },
  disk: {accessMicroseconds: 100, megabytesPerSecond: 500, source: 'a flash disk of its time', grade: 'estimated'},
  wire: {latencyMicroseconds: 50, megabitsPerSecond: 10000, source: 'Ethernet of its time through one switch', grade: 'estimated'},
  costs: {
    insn_base: estimated(1, 'one instruction a cycle; Simplification: no pipeline model'),
    insn_multiply: remembered(3, '[AGNER] Zen table, IMUL r32: latency 3, confidence 0.9'),
    insn_divide: remembered(22, '[AGNER] Zen table, DIV r32: middle of latency 14-30, confidence 0.7'),
    insn_string: estimated(4, 'leans on the string rows of [AGNER], Zen table: 1 to 5 without REP'),
    rep_iteration: estimated(2, 'leans on the REP rows of [AGNER], Zen table: 1 to 4 an iteration'),
    insn_locked: estimated(20, 'as skylake-2016: locked within the first-level cache'),
    near_call: published(2, '[AGNER] Zen table, CALL near: 2'),
    near_return: published(2, '[AGNER] Zen table, RET near: 2'),
    far_call: estimated(80, 'as skylake-2016'),
    far_return: estimated(100, 'between 78 and 120 of Merom and Nehalem, [AGNER]'),
    pushf: published(4, '[AGNER] Zen table, PUSHF: 4'),
    popf: published(13, '[AGNER] Zen table, POPF: 13'),
    cli: estimated(5, 'as CLI of AMD K8, [AGNER]; no Zen row'),
    sti: estimated(8, 'somewhat dearer than CLI, as in every table of [AGNER]'),
    segment_load: estimated(13, 'as Nehalem, [AGNER]'),
    descriptor_table: estimated(50, 'four segment loads of nehalem-2009; no published row'),
    cpuid: published(129, '[AGNER] Zen table, CPUID: 125-133, its middle'),
    rdtsc: published(36, '[AGNER] Zen table, RDTSC: 36'),
    msr_access: estimated(120, 'near CPUID of [AGNER], Zen table'),
    cr_access: estimated(65, 'half of CPUID of [AGNER], Zen table, the serializing part'),
    cr3_write: estimated(200, 'as skylake-2016; refills show as walks'),
    invlpg: estimated(100, 'somewhat below the 120 remembered for Skylake'),
    port_io: estimated(850, 'the bus of [AA06] native IN, 3209 cycles at 3.8 GHz: wall time that did not change', 'ns'),
    mmio: estimated(400, 'a read across PCI Express, somewhat quicker than PCI', 'ns'),
    apic_access: estimated(100, 'an uncached access that does not leave the processor: a few times insn_locked'),
    virtual_apic_access: estimated(30, 'a load or store, and the checks of the microcode around it'),

    interrupt_gate: estimated(250, 'somewhat below skylake-2016'),
    exception_delivery: estimated(450, 'somewhat below skylake-2016'),
    interrupt_delivery: estimated(250, 'as interrupt_gate: the same gate, acknowledge cycle not counted'),
    iret: estimated(250, 'somewhat below skylake-2016'),
    iret_same_ring: estimated(113, 'far_return and POPF: the same loads without a stack switch'),
    virtual_interrupt: estimated(50, 'as nonroot_exception: checks around a delivery'),
    nonroot_exception: estimated(50, 'as skylake-2016'),

    walk_reference: estimated(10, 'a load that hits the second-level cache'),
    second_tlb_hit: estimated(7, 'as nehalem-2009, [INTEL-OPT]: no figure of this vendor at hand'),

    vm_exit: derived(660, '[SEVES20] VMRUN to exit on EPYC, 1344-1376 with VMSAVE and VMLOAD, taken as 1360, less the entry: 1360 - 700 = 660'),
    vm_entry: estimated(700, 'somewhat more than half of the 1360 of [SEVES20], as 2409 of 4340 in [AA06] table 1'),
    world_switch: derived(2180.5, '[NEM] OUT to user space less CPUID, 7461 - 1948 = 5513, less host_user_switch both ways, halved: 5513 / 2 - 576 = 2180.5; '
      + 'why it is so far above skylake-2016, [NEM] does not say'),
    host_user_switch: published(576, '[SEVES20] entry of the KVM_RUN system call on EPYC: 576'),

    exit_dispatch: derived(422, '[NEM] CPUID exit less round trip, VMCB accesses and cpuid_emulation: 1948 - 1360 - 3 * 4 - 4 - 150 = 422'),
    vmcs_read: estimated(4, 'a load from the VMCB, which is memory'),
    vmcs_write: estimated(4, 'a store to the VMCB, which is memory'),
    instruction_emulation: estimated(1000, 'as skylake-2016: the same software'),
    event_injection: estimated(300, 'as skylake-2016: the same software'),
    cr_emulation: estimated(100, 'as skylake-2016: the same software'),
    cpuid_emulation: estimated(150, 'somewhat below skylake-2016, as native CPUID is'),
    msr_emulation: estimated(1000, 'as skylake-2016, 1025: the same software'),
    halt_emulation: estimated(1000, 'one pass of a scheduler: sleep and wake-up; as nehalem-2009'),

    trap_capture: estimated(160, 'pentium4-2005 scaled as exception_delivery and iret are, 700 to 1093'),
    trap_decode: estimated(255, 'pentium4-2005 scaled as exception_delivery and iret are, 700 to 1093'),
    trap_emulate: estimated(225, 'pentium4-2005 scaled as exception_delivery and iret are, 700 to 1093'),
    trap_return: estimated(155, 'pentium4-2005 scaled as exception_delivery and iret are, 700 to 1093'),
    descriptor_shadow: estimated(30, 'as skylake-2016'),

    ...TRANSLATOR_STEPS,
    ...TRANSLATOR_STEPS_SHORT_PIPELINE,
    ...PARAVIRTUAL_ON_SKYLAKE,

    ...EMULATOR_STEPS,
    ...ZEN_BACK_END,
    ...ZEN_ASSIGNMENT,
    emulator_dispatch: estimated(5, 'an indirect jump of 2, mispredicted one time in six on a pipeline that loses some 18'),
    translate_instruction: estimated(150, 'as nehalem-2009'),
    soft_walk_reference: estimated(10, 'as walk_reference: the same load; its address arithmetic hides behind it'),
    host_system_call: estimated(250, 'half of interrupt_gate and iret, 250 and 250'),

    shadow_classify: estimated(700, 'as skylake-2016: the same software'),
    shadow_fill: estimated(450, 'half of shadow_sync: no decoding of what the guest wrote'),
    shadow_sync: estimated(900, 'as skylake-2016: the same software'),
    shadow_zap: estimated(700, 'a scan of 1024 entries and the unlinking of one page'),
    shadow_evict: estimated(140, 'a step along a list of pages, two tests and an unlinking; shadow_zap comes on top'),
    shadow_unsync: estimated(200, 'a look-up of the shadow pages of a frame, a flag and a list entry; a fraction of shadow_fill, which comes on top'),
    shadow_reread: estimated(20, 'one guest entry loaded and compared, mostly in the cache'),
    shadow_scan: estimated(1000, '512 entries loaded and tested at 2 cycles each, in the order of memory'),
    shadow_prefetch: estimated(130, 'shadow_fill without the walk down the shadow tables: about a third'),
    shadow_root: estimated(1090, 'as skylake-2016, 1088: the same software'),
    nested_fill: estimated(2000, 'as skylake-2016: the same software'),
    nested_protect: estimated(30, 'as skylake-2016'),
    invept: estimated(500, 'as skylake-2016: a flush of one ASID that the next VMRUN carries out'),
    invvpid: estimated(500, 'as invept: AMD-V has one flush for both'),

    port_emulation: estimated(1000, 'as skylake-2016: the same software'),
    mmio_decode: derived(1204, '[NEM] MMIO read less OUT, less instruction_emulation: 9665 - 7461 - 1000 = 1204'),
    mmio_emulation: estimated(1000, 'as port_emulation: the same device model, only reached by address'),
    device_timer: estimated(500, 'a timer callback of a device model; about half of port_emulation'),
  },
};
