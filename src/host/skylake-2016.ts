// Host skylake-2016: Core i7-6700K (4.0 GHz), with Xeons of the same family where only they were measured: EPT, VPID,
// unrestricted guest, virtual APIC; posted interrupts as on the family's Xeons. Its software paths are those of KVM, as the two publications that measured it had them.
// Simplification: one cost per instruction class, no cache and no pipeline.
import {SKYLAKE_ASSIGNMENT} from './assignment-costs.ts';
import {SKYLAKE_BACK_END} from './back-end-costs.ts';
import {TRANSLATOR_STEPS, TRANSLATOR_STEPS_SHORT_PIPELINE} from './binary-translation-costs.ts';
import {EMULATOR_STEPS} from './emulator-steps.ts';
import {derived, estimated, published, remembered} from './figure.ts';
import {PARAVIRTUAL_ON_SKYLAKE} from './paravirtual-costs.ts';
import type {HostProfile} from './profile.ts';

export const skylake: HostProfile = {
  name: 'skylake-2016',
  title: 'Core i7-6700K, 4.0 GHz, EPT, VPID and unrestricted guest',
  clock: published(4000, '[VML] i7-6700K, 4.00 GHz', 'MHz'),
  features: {
    vendor: 'intel', 'hardware-assistance': true, 'nested-paging': true, 'tagged-tlb': true, 'unrestricted-guest': true,
    'walk-caches': true, 'nested-accessed-dirty': true, virtualizable: false, 'cached-disk': false,
    'tpr-shadow': true, 'apic-access-page': true, 'virtual-apic': true, 'posted-interrupts': true, iommu: true,
  },
  tlb: {
    data: {entries: 64, ways: 4}, instruction: {entries: 128, ways: 8}, secondLevel: {entries: 1536, ways: 12}, largeData: {entries: 32, ways: 4},
    largeInstruction: {entries: 8, ways: 8}, secondLevelLarge: true,
    source: '[INTEL-OPT] section on Skylake, table of TLBs, confidence 0.9: the second level holds 2 MiB pages too; CPUID of some parts reports 6 ways for the second level',
    grade: 'remembered',
  },
  walkCaches: {
    directoryEntries: 32, nestedEntries: 16, source: 'that such caches exist and pay: [BHA08] (for another vendor); the sizes are a guess', grade: 'estimated',
  },
  disk: {accessMicroseconds: 100, megabytesPerSecond: 500, source: 'a flash disk of its time', grade: 'estimated'},
  wire: {latencyMicroseconds: 50, megabitsPerSecond: 10000, source: 'Ethernet of its time through one switch', grade: 'estimated'},
  costs: {
    insn_base: estimated(1, 'one instruction a cycle; Simplification: no pipeline model'),
    insn_multiply: remembered(3, '[AGNER] Skylake table, IMUL r32: latency 3, confidence 0.9'),
    insn_divide: remembered(26, '[AGNER] Skylake table, DIV r32: latency 26, confidence 0.8'),
    insn_string: estimated(4, 'leans on the string rows of [AGNER], Skylake table: 1 to 5 without REP'),
    rep_iteration: estimated(2, 'leans on the REP rows of [AGNER], Skylake table: 1 to 4 an iteration'),
    insn_locked: remembered(20, '[AGNER] Skylake table, XCHG r,m and LOCK: about 20, confidence 0.7'),
    near_call: published(3, '[AGNER] Skylake table, CALL near: 3'),
    near_return: published(1, '[AGNER] Skylake table, RET near: 1'),
    far_call: estimated(80, 'near 75 and 74 of Merom and Nehalem, [AGNER]'),
    far_return: estimated(120, 'as Nehalem, [AGNER]'),
    pushf: published(1, '[AGNER] Skylake table, PUSHF: 1'),
    popf: published(20, '[AGNER] Skylake table, POPF: 20'),
    cli: estimated(5, 'as CLI of AMD K8, [AGNER]; no Skylake row'),
    sti: estimated(8, 'somewhat dearer than CLI, as in every table of [AGNER]'),
    segment_load: estimated(13, 'as Nehalem, [AGNER]'),
    descriptor_table: estimated(50, 'four segment loads of nehalem-2009; no published row'),
    cpuid: published(175, '[AGNER] Skylake table, CPUID: 100-250, its middle'),
    rdtsc: published(25, '[AGNER] Skylake table, RDTSC: 25'),
    msr_access: estimated(120, 'between RDTSC and CPUID of [AGNER], Skylake table'),
    cr_access: estimated(90, 'half of CPUID of [AGNER], Skylake table, the serializing part'),
    cr3_write: derived(200, '[PVM23] table 4, getpid with page-table isolation less without, halved for its two writes: 220 / 2 - 60 / 2 = 80 ns '
      + 'at 2.5 GHz: 80 * 2.5 = 200'),
    invlpg: remembered(120, 'order of magnitude on this family, publication not recalled, confidence 0.4'),
    port_io: estimated(850, 'the bus of [AA06] native IN, 3209 cycles at 3.8 GHz: wall time that did not change', 'ns'),
    mmio: estimated(400, 'a read across PCI Express, somewhat quicker than PCI', 'ns'),
    apic_access: estimated(100, 'an uncached access that does not leave the processor: a few times insn_locked'),
    virtual_apic_access: estimated(30, 'a load or store, and the checks of the microcode around it'),

    interrupt_gate: estimated(300, 'as nehalem-2009; ring switches on Haswell, [XPERF], are of this order'),
    exception_delivery: estimated(500, 'between 440 in [XPERF] and 715 in [LINUS14], both on Haswell, and nearer to the former'),
    interrupt_delivery: estimated(300, 'as interrupt_gate: the same gate, acknowledge cycle not counted'),
    iret: estimated(300, 'between 270 in [XPERF] and 330 in [LINUS14], both on Haswell'),
    iret_same_ring: estimated(140, 'far_return and POPF: the same loads without a stack switch'),
    virtual_interrupt: estimated(50, 'as nonroot_exception: checks around a delivery'),
    nonroot_exception: estimated(50, 'as nehalem-2009'),

    walk_reference: estimated(9, 'a load that hits the second-level cache'),
    second_tlb_hit: estimated(7, 'as nehalem-2009, [INTEL-OPT]; measurements of 7 to 9 are in circulation'),

    vm_exit: derived(280, '[VML] round trip of i7-6700K, minimum 608 and median 632, taken as 630, less the entry: 630 - 350 = 280'),
    vm_entry: derived(350, '[VML] round trip 630, split like [AA06] table 1, 2409 of 4340: 630 * 2409 / 4340 = 350'),
    world_switch: derived(591.5, '[NEM] OUT to user space less CPUID on Kaby Lake, 3736 - 1401 = 2335, less host_user_switch both ways, halved: '
      + '2335 / 2 - 576 = 591.5; what a VMM beside its host switches lazily is not in it'),
    host_user_switch: estimated(576, 'the entry of the KVM_RUN system call on EPYC in [SEVES20]; not measured on this host'),

    exit_dispatch: derived(420, '[PVM23] table 1, hypercall of 0.46 us at 2.5 GHz, 1150 cycles, less round trip and VMCS accesses: '
      + '1150 - 630 - 3 * 25 - 25 = 420'),
    vmcs_read: estimated(25, 'somewhat below nehalem-2009'),
    vmcs_write: estimated(25, 'somewhat below nehalem-2009'),
    instruction_emulation: estimated(1000, 'of the order of the 1025 cycles of an MSR exit beyond a hypercall in [PVM23] table 1'),
    event_injection: estimated(300, 'somewhat below nehalem-2009'),
    cr_emulation: estimated(100, 'as nehalem-2009'),
    cpuid_emulation: derived(200, '[PVM23] table 1, CPUID of 0.54 us at 2.5 GHz less the hypercall: 1350 - 1150 = 200'),
    msr_emulation: derived(1025, '[PVM23] table 1, MSR access of 0.87 us at 2.5 GHz less the hypercall: 2175 - 1150 = 1025'),
    halt_emulation: estimated(1000, 'one pass of a scheduler: sleep and wake-up; as nehalem-2009'),

    trap_capture: estimated(180, 'pentium4-2005 scaled as exception_delivery and iret are, 800 to 1093'),
    trap_decode: estimated(290, 'pentium4-2005 scaled as exception_delivery and iret are, 800 to 1093'),
    trap_emulate: estimated(255, 'pentium4-2005 scaled as exception_delivery and iret are, 800 to 1093'),
    trap_return: estimated(175, 'pentium4-2005 scaled as exception_delivery and iret are, 800 to 1093'),
    descriptor_shadow: estimated(30, 'somewhat below nehalem-2009'),

    ...TRANSLATOR_STEPS,
    ...TRANSLATOR_STEPS_SHORT_PIPELINE,
    ...PARAVIRTUAL_ON_SKYLAKE,

    ...EMULATOR_STEPS,
    ...SKYLAKE_BACK_END,
    ...SKYLAKE_ASSIGNMENT,
    emulator_dispatch: estimated(5, 'an indirect jump of 2, mispredicted one time in six on a pipeline that loses some 17'),
    translate_instruction: estimated(150, 'as nehalem-2009'),
    soft_walk_reference: estimated(9, 'as walk_reference: the same load; its address arithmetic hides behind it'),
    host_system_call: estimated(300, 'half of interrupt_gate and iret, 300 and 300'),

    shadow_classify: estimated(700, 'a software walk of two levels and the checks; scaled down from nehalem-2009 as instruction_emulation is'),
    shadow_fill: estimated(450, 'half of shadow_sync: no decoding of what the guest wrote'),
    shadow_sync: estimated(900, 'scaled down from nehalem-2009 as instruction_emulation is'),
    shadow_zap: estimated(700, 'a scan of 1024 entries and the unlinking of one page'),
    shadow_evict: estimated(140, 'a step along a list of pages, two tests and an unlinking; shadow_zap comes on top'),
    shadow_unsync: estimated(200, 'a look-up of the shadow pages of a frame, a flag and a list entry; a fraction of shadow_fill, which comes on top'),
    shadow_reread: estimated(20, 'one guest entry loaded and compared, mostly in the cache'),
    shadow_scan: estimated(1000, '512 entries loaded and tested at 2 cycles each, in the order of memory'),
    shadow_prefetch: estimated(130, 'shadow_fill without the walk down the shadow tables: about a third'),
    shadow_root: derived(1087.5, '[PVM23] table 4, getpid with page-table isolation under shadow paging less EPT, halved: 2090 / 2 - 220 / 2 = 935 ns, '
      + 'in cycles at 2.5 GHz less null exit 1150 and cr_emulation 100: 935 * 2.5 - 1150 - 100 = 1087.5'),
    nested_fill: estimated(2000, 'an allocation or look-up of a host frame and one entry written; about twice shadow_sync'),
    nested_protect: estimated(30, 'somewhat below nehalem-2009'),
    invept: estimated(500, 'somewhat below nehalem-2009'),
    invvpid: estimated(500, 'as invept: the same search by another tag'),

    port_emulation: estimated(1000, 'a dispatch by port and a device model; above the 667 cycles of a status port in [SUG01]'),
    mmio_decode: derived(1750, '[NEM] MMIO read less OUT on Kaby Lake, less instruction_emulation: 6486 - 3736 - 1000 = 1750'),
    mmio_emulation: estimated(1000, 'as port_emulation: the same device model, only reached by address'),
    device_timer: estimated(500, 'a timer callback of a device model; about half of port_emulation'),
  },
};
