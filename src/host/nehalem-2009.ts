// Host nehalem-2009: Xeon X5570 (2.93 GHz), the first Intel processor with EPT and VPID; no unrestricted guest. Gate and
// fault figures lean on its neighbours, for no table names them.
// Simplification: one cost per instruction class, no cache and no pipeline.
import {NEHALEM_ASSIGNMENT} from './assignment-costs.ts';
import {NEHALEM_BACK_END} from './back-end-costs.ts';
import {TRANSLATOR_STEPS, TRANSLATOR_STEPS_SHORT_PIPELINE} from './binary-translation-costs.ts';
import {EMULATOR_STEPS} from './emulator-steps.ts';
import {derived, estimated, published, remembered} from './figure.ts';
import {PARAVIRTUAL_ON_CORE} from './paravirtual-costs.ts';
import type {HostProfile} from './profile.ts';

export const nehalem: HostProfile = {
  name: 'nehalem-2009',
  title: 'Xeon X5570, 2.93 GHz, EPT and VPID',
  clock: published(2930, '[SPLITX] introduction: Xeon X5570', 'MHz'),
  features: {
    vendor: 'intel', 'hardware-assistance': true, 'nested-paging': true, 'tagged-tlb': true, 'unrestricted-guest': false,
    'walk-caches': true, 'nested-accessed-dirty': false, virtualizable: false, 'cached-disk': false,
    'tpr-shadow': true, 'apic-access-page': true, 'virtual-apic': false, 'posted-interrupts': false, iommu: true,
  },
  tlb: {
    data: {entries: 64, ways: 4}, instruction: {entries: 128, ways: 4}, secondLevel: {entries: 512, ways: 4}, largeData: {entries: 32, ways: 4},
    largeInstruction: {entries: 7, ways: 7}, secondLevelLarge: false,
    source: '[INTEL-OPT] chapter on Nehalem, table of TLBs, confidence 0.9: 7 entries for code in large pages, of one thread; the second level holds '
      + '4 KiB pages only',
    grade: 'remembered',
  },
  walkCaches: {
    directoryEntries: 32, nestedEntries: 16, source: 'that such caches exist and pay: [BHA08] (for another vendor); the sizes are a guess', grade: 'estimated',
  },
  disk: {accessMicroseconds: 8000, megabytesPerSecond: 120, source: 'a disk of its time, seek and half a turn', grade: 'estimated'},
  wire: {latencyMicroseconds: 50, megabitsPerSecond: 1000, source: 'Ethernet of its time through one switch', grade: 'estimated'},
  costs: {
    insn_base: estimated(1, 'one instruction a cycle; Simplification: no pipeline model'),
    insn_multiply: remembered(3, '[AGNER] Nehalem table, IMUL r32: latency 3, confidence 0.9'),
    insn_divide: remembered(22, '[AGNER] Nehalem table, DIV r32: middle of latency 17-28, confidence 0.8'),
    insn_string: estimated(4, 'leans on the string rows of [AGNER], Nehalem table: 1 to 5 without REP'),
    rep_iteration: estimated(2, 'leans on the REP rows of [AGNER], Nehalem table: 1 to 4 an iteration'),
    insn_locked: remembered(20, '[AGNER] Nehalem table, XCHG r,m and LOCK: about 20, confidence 0.8'),
    near_call: published(2, '[AGNER] Nehalem table, CALL near: 2'),
    near_return: published(2, '[AGNER] Nehalem table, RET near: 2'),
    far_call: published(74, '[AGNER] Nehalem table, CALL far: 74'),
    far_return: published(120, '[AGNER] Nehalem table, RETF: 120'),
    pushf: published(1, '[AGNER] Nehalem table, PUSHF: 1'),
    popf: published(14, '[AGNER] Nehalem table, POPF: 14'),
    cli: estimated(5, 'as CLI of AMD K8, [AGNER]; no Nehalem row'),
    sti: estimated(8, 'somewhat dearer than CLI, as in every table of [AGNER]'),
    segment_load: published(13, '[AGNER] Nehalem table, MOV Sreg,r: 13'),
    descriptor_table: estimated(50, 'four segment loads of [AGNER], Nehalem table; no published row'),
    cpuid: published(200, '[AGNER] Nehalem table, CPUID: about 200'),
    rdtsc: published(24, '[AGNER] Nehalem table, RDTSC: 24'),
    msr_access: estimated(120, 'between RDTSC and CPUID of [AGNER], Nehalem table'),
    cr_access: estimated(100, 'half of CPUID of [AGNER], Nehalem table, the serializing part'),
    cr3_write: estimated(250, 'above the 200 cycles that [PVM23] gives for Cascade Lake; refills show as walks'),
    invlpg: estimated(200, 'between the 500 and 120 remembered for Pentium 4 and Skylake'),
    port_io: estimated(850, 'the bus of [AA06] native IN, 3209 cycles at 3.8 GHz: wall time that did not change', 'ns'),
    mmio: estimated(400, 'a read across PCI Express, somewhat quicker than PCI', 'ns'),
    apic_access: estimated(100, 'an uncached access that does not leave the processor: a few times insn_locked'),
    virtual_apic_access: estimated(40, 'a load or store, and the checks of the microcode around it'),

    interrupt_gate: estimated(300, 'between INT of Prescott, [AGNER], and ring switches on Haswell, [XPERF]'),
    exception_delivery: estimated(600, 'between Core Duo and Haswell, 700 and 715 in [LINUS14], and 440 in [XPERF]'),
    interrupt_delivery: estimated(300, 'as interrupt_gate: the same gate, acknowledge cycle not counted'),
    iret: estimated(260, 'between 240 on Core Duo in [LINUS14] and 270 on Haswell in [XPERF]'),
    iret_same_ring: estimated(134, 'far RET and POPF of [AGNER], Nehalem table: the same loads without a stack switch'),
    virtual_interrupt: estimated(50, 'as nonroot_exception: checks around a delivery'),
    nonroot_exception: estimated(50, 'the 125 of [AA06] on the first VT-x, reduced as round trips were, [AGE12]'),

    walk_reference: estimated(10, 'a load that hits the second-level cache'),
    second_tlb_hit: remembered(7, '[INTEL-OPT] chapter on Nehalem: a miss of the first level that hits the second costs 7, confidence 0.8'),

    vm_exit: derived(420, '[VML] round trip of i5-760, minimum 933 and median 950, taken as 940, less the entry: 940 - 520 = 420'),
    vm_entry: derived(520, '[VML] round trip 940, split like [AA06] table 1, 2409 of 4340: 940 * 2409 / 4340 = 522, to the ten'),
    world_switch: estimated(1500, 'half of pentium4-2005: the same state, cheaper serializing instructions'),
    host_user_switch: estimated(1000, 'half of a round trip from a driver to a process of 2000; 1152 on EPYC and 2335 in [NEM] bound it'),

    exit_dispatch: derived(880, '[SPLITX] 2000 a switch less round trip 940 leaves about 1000; less the VMCS accesses of every exit: '
      + '1000 - 3 * 30 - 30 = 880'),
    vmcs_read: estimated(30, 'below the 52 of Core 2 in [AA06] table 1'),
    vmcs_write: estimated(30, 'below the 44 of Core 2 in [AA06] table 1'),
    instruction_emulation: estimated(1500, 'between pentium4-2005 and the 1025 cycles of an MSR exit beyond a hypercall in [PVM23] table 1'),
    event_injection: estimated(400, 'half of pentium4-2005'),
    cr_emulation: estimated(100, 'half of pentium4-2005'),
    cpuid_emulation: estimated(100, 'half of pentium4-2005; the null exit of [SPLITX] has most of it'),
    msr_emulation: estimated(150, 'half of pentium4-2005'),
    halt_emulation: estimated(1000, 'one pass of a scheduler: sleep and wake-up; of the order of host_user_switch'),

    trap_capture: estimated(200, 'pentium4-2005 scaled as exception_delivery and iret are, 860 to 1093'),
    trap_decode: estimated(315, 'pentium4-2005 scaled as exception_delivery and iret are, 860 to 1093'),
    trap_emulate: estimated(275, 'pentium4-2005 scaled as exception_delivery and iret are, 860 to 1093'),
    trap_return: estimated(190, 'pentium4-2005 scaled as exception_delivery and iret are, 860 to 1093'),
    descriptor_shadow: estimated(40, 'half of pentium4-2005'),

    ...TRANSLATOR_STEPS,
    ...TRANSLATOR_STEPS_SHORT_PIPELINE,
    ...PARAVIRTUAL_ON_CORE,

    ...EMULATOR_STEPS,
    ...NEHALEM_BACK_END,
    ...NEHALEM_ASSIGNMENT,
    emulator_dispatch: estimated(6, 'an indirect jump of 2, mispredicted one time in four on a pipeline that loses some 17'),
    translate_instruction: estimated(150, 'half of pentium4-2005: the same work, fewer cycles lost to mispredicted branches'),
    soft_walk_reference: estimated(10, 'as walk_reference: the same load; its address arithmetic hides behind it'),
    host_system_call: estimated(280, 'half of interrupt_gate and iret, 300 and 260'),

    shadow_classify: estimated(1000, 'a software walk of two levels and the checks; scaled down from pentium4-2005'),
    shadow_fill: estimated(800, 'half of shadow_sync: no decoding of what the guest wrote'),
    shadow_sync: estimated(1600, 'scaled down from pentium4-2005 as instruction_emulation is'),
    shadow_zap: estimated(1000, 'a scan of 1024 entries and the unlinking of one page'),
    shadow_evict: estimated(200, 'a step along a list of pages, two tests and an unlinking; shadow_zap comes on top'),
    shadow_unsync: estimated(350, 'a look-up of the shadow pages of a frame, a flag and a list entry; a fraction of shadow_fill, which comes on top'),
    shadow_reread: estimated(30, 'one guest entry loaded and compared, mostly in the cache'),
    shadow_scan: estimated(1500, '512 entries loaded and tested at 3 cycles each, in the order of memory'),
    shadow_prefetch: estimated(240, 'shadow_fill without the walk down the shadow tables: about a third'),
    shadow_root: estimated(1400, 'a guest CR3 load beyond the exit estimated at 1500, less cr_emulation 100'),
    nested_fill: estimated(3000, 'an allocation or look-up of a host frame and one entry written; about twice shadow_sync'),
    nested_protect: estimated(40, 'an entry found, tested, one bit changed by a locked instruction'),
    invept: estimated(700, 'a serializing instruction that empties tagged entries: some three times CPUID, [AGNER] Nehalem table'),
    invvpid: estimated(700, 'as invept: the same search by another tag'),

    port_emulation: estimated(1500, 'a dispatch by port and a device model; above the 667 cycles of a status port in [SUG01]'),
    mmio_decode: estimated(2200, 'MMIO beyond a port access is 3704 cycles on Ivy Bridge in [NEM], taken as 3700, less instruction_emulation 1500'),
    mmio_emulation: estimated(1500, 'as port_emulation: the same device model, only reached by address'),
    device_timer: estimated(800, 'a timer callback of a device model; about half of port_emulation'),
  },
};
