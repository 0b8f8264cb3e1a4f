// Host core2-2007: Core 2 Duo of 65 nm (Merom, 2.66 GHz), the second generation of VT-x: round trips less than half as dear
// as on the Pentium 4, still no nested paging and no tagged TLB.
// Simplification: one cost per instruction class, no cache and no pipeline.
import {CORE2_ASSIGNMENT} from './assignment-costs.ts';
import {CORE2_BACK_END} from './back-end-costs.ts';
import {TRANSLATOR_STEPS, TRANSLATOR_STEPS_SHORT_PIPELINE} from './binary-translation-costs.ts';
import {EMULATOR_STEPS} from './emulator-steps.ts';
import {derived, estimated, published, remembered} from './figure.ts';
import {PARAVIRTUAL_ON_CORE} from './paravirtual-costs.ts';
import type {HostProfile} from './profile.ts';

export const core2: HostProfile = {
  name: 'core2-2007',
  title: 'Core 2 Duo, 2.66 GHz, second VT-x',
  clock: remembered(2660, '[AA06] table 1: Core 2 Duo of 2.66 GHz, confidence 0.9', 'MHz'),
  features: {
    vendor: 'intel', 'hardware-assistance': true, 'nested-paging': false, 'tagged-tlb': false, 'unrestricted-guest': false,
    'walk-caches': false, 'nested-accessed-dirty': false, virtualizable: false, 'cached-disk': false,
    'tpr-shadow': true, 'apic-access-page': false, 'virtual-apic': false, 'posted-interrupts': false, iommu: false,
  },
  tlb: {
    data: {entries: 256, ways: 4}, instruction: {entries: 128, ways: 4}, secondLevel: null, largeData: {entries: 32, ways: 4},
    largeInstruction: {entries: 4, ways: 4}, secondLevelLarge: false,
    source: '[INTEL-OPT] section on the Core microarchitecture, DTLB1, confidence 0.9, and ITLB, confidence 0.8; [INTEL-SDM] descriptor B1H, 4 entries for code in 4 MiB pages; '
      + 'Simplification: without the 16 entries of DTLB0 before it, which save 2 cycles',
    grade: 'remembered',
  },
  walkCaches: {
    directoryEntries: 32, nestedEntries: 16, source: 'not used unless the option walk-caches is on; geometry of nehalem-2009', grade: 'estimated',
  },
  disk: {accessMicroseconds: 8000, megabytesPerSecond: 80, source: 'a disk of its time, seek and half a turn', grade: 'estimated'},
  wire: {latencyMicroseconds: 50, megabitsPerSecond: 1000, source: 'Ethernet of its time through one switch', grade: 'estimated'},
  costs: {
    insn_base: estimated(1, 'one instruction a cycle; Simplification: no pipeline model'),
    insn_multiply: remembered(3, '[AGNER] Merom table, IMUL r32: latency 3, confidence 0.9'),
    insn_divide: remembered(30, '[AGNER] Merom table, DIV r32: middle of latency 18-42, confidence 0.6'),
    insn_string: estimated(4, 'leans on the string rows of [AGNER], Merom table: 1 to 5 without REP'),
    rep_iteration: estimated(2, 'leans on the REP rows of [AGNER], Merom table: 1 to 4 an iteration'),
    insn_locked: estimated(20, 'as nehalem-2009: locked within the first-level cache'),
    near_call: published(2, '[AGNER] Merom table, CALL near: 2'),
    near_return: published(2, '[AGNER] Merom table, RET near: 2'),
    far_call: published(75, '[AGNER] Merom table, CALL far: 75'),
    far_return: published(78, '[AGNER] Merom table, RETF: 78'),
    pushf: published(7, '[AGNER] Merom table, PUSHF: 7'),
    popf: published(20, '[AGNER] Merom table, POPF: 20'),
    cli: estimated(8, 'between 5 of AMD K8 and 52 of Prescott, [AGNER], and near the former; no Merom row'),
    sti: estimated(12, 'somewhat dearer than CLI, as in every table of [AGNER]'),
    segment_load: published(16, '[AGNER] Merom table, MOV Sreg,r: 16'),
    descriptor_table: estimated(64, 'four segment loads of [AGNER], Merom table; no published row'),
    cpuid: published(197.5, '[AGNER] Merom table, CPUID: 180-215, its middle'),
    rdtsc: published(64, '[AGNER] Merom table, RDTSC: 64'),
    msr_access: estimated(150, 'between RDTSC and CPUID of [AGNER], Merom table'),
    cr_access: estimated(100, 'half of CPUID of [AGNER], Merom table, the serializing part'),
    cr3_write: estimated(300, 'between pentium4-2005 and nehalem-2009, 400 and 250; refills show as walks'),
    invlpg: estimated(250, 'between the 500 and 120 remembered for Pentium 4 and Skylake'),
    port_io: estimated(850, 'the bus of [AA06] native IN, 3209 cycles at 3.8 GHz: wall time that did not change', 'ns'),
    mmio: estimated(500, 'a read across the PCI bus, somewhat quicker than the legacy port of [AA06]', 'ns'),
    apic_access: estimated(100, 'an uncached access that does not leave the processor: a few times insn_locked'),
    virtual_apic_access: estimated(40, 'a load or store, and the checks of the microcode around it'),

    interrupt_gate: estimated(350, 'between INT of Prescott, [AGNER], and the 300 of nehalem-2009'),
    exception_delivery: estimated(700, 'the figure of Core Duo, its predecessor, in [LINUS14]'),
    interrupt_delivery: estimated(350, 'as interrupt_gate: the same gate, acknowledge cycle not counted'),
    iret: estimated(240, 'the figure of Core Duo, its predecessor, in [LINUS14]'),
    iret_same_ring: estimated(98, 'far RET and POPF of [AGNER], Merom table: the same loads without a stack switch'),
    virtual_interrupt: estimated(50, 'as nonroot_exception: checks around a delivery'),
    nonroot_exception: estimated(80, 'the 125 of [AA06] on the first VT-x, reduced as round trips were, [AGE12]'),

    walk_reference: estimated(14, 'a load that hits the second-level cache'),
    second_tlb_hit: estimated(7, 'not used: this host has no second level; the figure of nehalem-2009'),

    vm_exit: derived(941, '[VML] round trip of T5600 and T7400, minimum 1681, less the entry: 1681 - 740 = 941; '
      + '[AA06] table 1 has 1186 for a page-fault exit, which stores more'),
    vm_entry: derived(740, '[VML] round trip 1681, split like Core 2 in [AA06] table 1, 937 of 2123: 1681 * 937 / 2123 = 742, to the ten'),
    world_switch: estimated(2000, 'between pentium4-2005 and nehalem-2009, 3000 and 1500: the same state'),
    host_user_switch: estimated(1300, 'between pentium4-2005 and nehalem-2009, 2000 and 1000'),

    exit_dispatch: estimated(800, 'between 795 and 880 derived for pentium4-2005 and nehalem-2009: software that hardly changed'),
    vmcs_read: remembered(52, '[AA06] table 1, VMCS read on Core 2: 52, confidence 0.9'),
    vmcs_write: remembered(44, '[AA06] table 1, VMCS write on Core 2: 44, confidence 0.9'),
    instruction_emulation: estimated(2000, 'between pentium4-2005 and nehalem-2009, 3450 and 1500, and nearer to the latter'),
    event_injection: estimated(400, 'half of pentium4-2005'),
    cr_emulation: estimated(120, 'between pentium4-2005 and nehalem-2009, 200 and 100'),
    cpuid_emulation: estimated(120, 'between pentium4-2005 and nehalem-2009, 200 and 100'),
    msr_emulation: estimated(200, 'between pentium4-2005 and nehalem-2009, 300 and 150'),
    halt_emulation: estimated(1300, 'one pass of a scheduler: sleep and wake-up; of the order of host_user_switch'),

    trap_capture: estimated(215, 'pentium4-2005 scaled as exception_delivery and iret are, 940 to 1093'),
    trap_decode: estimated(345, 'pentium4-2005 scaled as exception_delivery and iret are, 940 to 1093'),
    trap_emulate: estimated(300, 'pentium4-2005 scaled as exception_delivery and iret are, 940 to 1093'),
    trap_return: estimated(205, 'pentium4-2005 scaled as exception_delivery and iret are, 940 to 1093'),
    descriptor_shadow: estimated(50, 'between pentium4-2005 and nehalem-2009, 80 and 40'),

    ...TRANSLATOR_STEPS,
    ...TRANSLATOR_STEPS_SHORT_PIPELINE,
    ...PARAVIRTUAL_ON_CORE,

    ...EMULATOR_STEPS,
    ...CORE2_BACK_END,
    ...CORE2_ASSIGNMENT,
    emulator_dispatch: estimated(6, 'an indirect jump of 2, mispredicted one time in four on a pipeline that loses some 15'),
    translate_instruction: estimated(150, 'half of pentium4-2005: the same work, fewer cycles lost to mispredicted branches'),
    soft_walk_reference: estimated(14, 'as walk_reference: the same load; its address arithmetic hides behind it'),
    host_system_call: estimated(295, 'half of interrupt_gate and iret, 350 and 240'),

    shadow_classify: estimated(1500, 'a software walk of two levels and the checks; between pentium4-2005 and nehalem-2009, 3500 and 1000'),
    shadow_fill: estimated(1100, 'half of shadow_sync: no decoding of what the guest wrote'),
    shadow_sync: estimated(2200, 'between pentium4-2005 and nehalem-2009, 3450 and 1600, as instruction_emulation is'),
    shadow_zap: estimated(1300, 'a scan of 1024 entries and the unlinking of one page'),
    shadow_evict: estimated(250, 'a step along a list of pages, two tests and an unlinking; shadow_zap comes on top'),
    shadow_unsync: estimated(450, 'a look-up of the shadow pages of a frame, a flag and a list entry; a fraction of shadow_fill, which comes on top'),
    shadow_reread: estimated(40, 'one guest entry loaded and compared, mostly in the cache'),
    shadow_scan: estimated(1500, '512 entries loaded and tested at 3 cycles each, in the order of memory'),
    shadow_prefetch: estimated(320, 'shadow_fill without the walk down the shadow tables: about a third'),
    shadow_root: estimated(1880, 'a guest CR3 load beyond the exit estimated at 2000, less cr_emulation 120'),
    nested_fill: estimated(3000, 'not used: this host has no nested paging; the figure of nehalem-2009'),
    nested_protect: estimated(40, 'not used: this host has no nested paging; the figure of nehalem-2009'),
    invept: estimated(700, 'not used: this host has no nested paging; the figure of nehalem-2009'),
    invvpid: estimated(700, 'not used: this host has no tagged TLB; the figure of nehalem-2009'),

    port_emulation: estimated(3000, 'twice nehalem-2009: a VMM of its time went through more layers; far below the first I/O path of [AA06]'),
    mmio_decode: estimated(1000, 'MMIO beyond a port access estimated at 3000, less instruction_emulation 2000'),
    mmio_emulation: estimated(3000, 'as port_emulation: the same device model, only reached by address'),
    device_timer: estimated(1000, 'a timer callback of a device model; a third of port_emulation'),
  },
};
