// Host pentium4-2005: Pentium 4 672 (Prescott 2M, 3.8 GHz), the first processor with VT-x and the one of Adams and
// Agesen's comparison; no nested paging, no tagged TLB. Figures that split a published total say so.
// Simplification: one cost per instruction class, no cache and no pipeline.
import {PENTIUM4_ASSIGNMENT} from './assignment-costs.ts';
import {PENTIUM4_BACK_END} from './back-end-costs.ts';
import {TRANSLATOR_STEPS} from './binary-translation-costs.ts';
import {EMULATOR_STEPS} from './emulator-steps.ts';
import {derived, estimated, published, remembered} from './figure.ts';
import {PARAVIRTUAL_ON_PENTIUM4} from './paravirtual-costs.ts';
import type {HostProfile} from './profile.ts';

export const pentium4: HostProfile = {
  name: 'pentium4-2005',
  title: 'Pentium 4 672, 3.8 GHz, first VT-x',
  clock: published(3800, '[AA06] section 6: Pentium 4 672', 'MHz'),
  features: {
    vendor: 'intel', 'hardware-assistance': true, 'nested-paging': false, 'tagged-tlb': false, 'unrestricted-guest': false,
    'walk-caches': false, 'nested-accessed-dirty': false, virtualizable: false, 'cached-disk': false,
    'tpr-shadow': true, 'apic-access-page': false, 'virtual-apic': false, 'posted-interrupts': false, iommu: false,
  },
  tlb: {
    data: {entries: 64, ways: 64}, instruction: {entries: 128, ways: 4}, secondLevel: null, largeData: null,
    largeInstruction: null, secondLevelLarge: false,
    source: '[INTEL-SDM] descriptors 5BH, 64 data entries for 4 KiB and 4 MiB pages, and 51H, 128 instruction entries; '
      + 'that this part reports them, and the ways, confidence 0.7',
    grade: 'remembered',
  },
  walkCaches: {
    directoryEntries: 32, nestedEntries: 16, source: 'not used unless the option walk-caches is on; geometry of nehalem-2009', grade: 'estimated',
  },
  disk: {accessMicroseconds: 8000, megabytesPerSecond: 60, source: 'a disk of its time, seek and half a turn', grade: 'estimated'},
  wire: {latencyMicroseconds: 50, megabitsPerSecond: 100, source: 'Ethernet of its time through one switch', grade: 'estimated'},
  costs: {
    insn_base: estimated(1, 'one instruction a cycle; Simplification: no pipeline model'),
    insn_multiply: remembered(10, '[AGNER] Prescott table, IMUL r32: latency 10-11, confidence 0.8'),
    insn_divide: remembered(73, '[AGNER] Prescott table, DIV r32: middle of latency 66-80, confidence 0.6'),
    insn_string: estimated(6, 'leans on the string rows of [AGNER], Prescott table: 5 to 8 without REP'),
    rep_iteration: estimated(3, 'leans on the REP rows of [AGNER], Prescott table: 1 to 6 an iteration'),
    insn_locked: remembered(100, '[AGNER] Prescott table, XCHG r,m and LOCK: about 100, confidence 0.6'),
    near_call: derived(5, '[AA06] call/ret pair 11; equal rows in [AGNER], 7 and 7, so half, the odd cycle to RET: 11 - 6 = 5'),
    near_return: derived(6, '[AA06] call/ret pair 11 less the CALL: 11 - 5 = 6'),
    far_call: published(160, '[AGNER] Prescott table, CALL far: 160'),
    far_return: published(160, '[AGNER] Prescott table, RETF: 160'),
    pushf: published(9, '[AGNER] Prescott table, PUSHF: 9'),
    popf: published(70, '[AGNER] Prescott table, POPF: 70'),
    cli: published(52, '[AGNER] Prescott table, CLI: 52'),
    sti: published(64, '[AGNER] Prescott table, STI: 64'),
    segment_load: published(27, '[AGNER] Prescott table, MOV Sreg,r: 27'),
    descriptor_table: estimated(100, 'two to four segment loads of [AGNER], Prescott table; no published row'),
    cpuid: published(400, '[AGNER] Prescott table, CPUID: 300-500, its middle'),
    rdtsc: published(100, '[AGNER] Prescott table, RDTSC: 100'),
    msr_access: estimated(400, 'a serializing instruction like CPUID, [AGNER] Prescott table'),
    cr_access: estimated(200, 'half of a CR3 write, between CLTS and a serializing MOV to CR0'),
    cr3_write: estimated(400, 'a serializing instruction like CPUID, [AGNER] Prescott table; refills show as walks'),
    invlpg: remembered(500, 'order of magnitude on this family, publication not recalled, confidence 0.4'),
    port_io: derived(844.5, '[AA06] native IN from port 0x80, 3209 cycles at 3.8 GHz: 3209 / 3.8 = 844.5', 'ns'),
    mmio: estimated(500, 'a read across the PCI bus, somewhat quicker than the legacy port of [AA06]', 'ns'),
    apic_access: estimated(200, 'an uncached access that does not leave the processor: a few times insn_locked'),
    virtual_apic_access: estimated(60, 'a load or store, and the checks of the microcode around it'),

    interrupt_gate: published(470, '[AGNER] Prescott table, INT i: 470'),
    exception_delivery: derived(768, '[AA06] native pgfault less the IRET of [AGNER]: 1093 - 325 = 768'),
    interrupt_delivery: estimated(470, 'as interrupt_gate: the same gate, acknowledge cycle not counted'),
    iret: published(325, '[AGNER] Prescott table, IRET: 325'),
    iret_same_ring: estimated(230, 'far RET and POPF of [AGNER], Prescott table: the same loads without a stack switch'),
    virtual_interrupt: estimated(100, 'as nonroot_exception: checks around a delivery'),
    nonroot_exception: derived(125, '[AA06] divzero under VT-x less native: 1014 - 889 = 125'),

    walk_reference: estimated(18, 'a load that hits the second-level cache'),
    second_tlb_hit: estimated(7, 'not used: this host has no second level; the figure of nehalem-2009'),

    vm_exit: remembered(1931, '[AA06] table 1, page-fault exit: 1931, confidence 0.9'),
    vm_entry: remembered(2409, '[AA06] table 1, VM entry: 2409, confidence 0.9'),
    world_switch: estimated(3000, 'full state, CR3 and IDT replaced: somewhat above one VM entry of [AA06] table 1; what is replaced, [SUG01]'),
    host_user_switch: estimated(2000, 'half of a round trip estimated at 4000, about four null calls of [XEN03] table 3, 0.45 us at 2.4 GHz'),

    exit_dispatch: derived(795, '[AA06] ptemod under VT-x split by judgement: 1500 for a null exit, less its 3 VMCS reads and 1 write '
      + '([HAXM] counts 6-10 and 2-6 in KVM): 1500 - 3 * 178 - 171 = 795'),
    vmcs_read: remembered(178, '[AA06] table 1, VMCS read: 178, confidence 0.9'),
    vmcs_write: remembered(171, '[AA06] table 1, VMCS write: 171, confidence 0.9'),
    instruction_emulation: derived(3450, '[AA06] ptemod under VT-x less exit, entry and null exit, 12733 - 1931 - 2409 - 1500 = 6893, '
      + 'halved by judgement with shadow_sync: 6893 / 2 = 3446.5, to the ten'),
    event_injection: estimated(800, 'choosing and checking one event; the share of [AA06] pgfault that shadow_classify assumes'),
    cr_emulation: estimated(200, 'a switch on the qualification and a store to virtual CPU state'),
    cpuid_emulation: estimated(200, 'a table look-up and four stores'),
    msr_emulation: estimated(300, 'a look-up by MSR number and a check'),
    halt_emulation: estimated(2000, 'one pass of a scheduler: sleep and wake-up; of the order of host_user_switch'),

    trap_capture: estimated(250, 'eight registers, four segments and the hardware frame stored; one of four steps that bring delivery, work and IRET to 2334, '
      + 'what [AA06] has a software VMM add to a divide fault'),
    trap_decode: estimated(400, 'a fetch through the segment base and a decode by tables; split of 2334 as in trap_capture'),
    trap_emulate: estimated(350, 'privilege check, a store to virtual CPU state, EIP moved on; split of 2334 as in trap_capture'),
    trap_return: estimated(240, 'pending virtual interrupts tested, what trap_capture stored loaded again; split of 2334 as in trap_capture'),
    descriptor_shadow: estimated(80, 'eight bytes read, type and limit checked, ring changed, eight bytes written'),

    ...TRANSLATOR_STEPS,
    callout_entry: estimated(40, 'eight registers and the flags stored, the stack switched, one indirect call that is often mispredicted'),
    callout_exit: estimated(60, 'what callout_entry stored loaded again; the flags by one of several paths that spare the POPF of 70'),
    callout_emulate: estimated(60, 'the operands are known since translation: checks, a store to virtual state'),
    cache_indirect_jump: derived(32, '[AA06] call/ret pair under the software VMM less native, 51 - 11 = 40, less the 8 cycles of what the cache executes more: '
      + '51 - 11 - 8 = 32; about one misprediction of this pipeline'),
    virtual_delivery: estimated(700, 'gate, segment and stack looked up and checked in software, a frame written; with virtual_return, crossings and '
      + 'trap_capture one split of the 2334 that [AA06] has a software VMM add to a divide fault'),
    virtual_return: estimated(250, 'a frame read and two descriptors checked in software; split of 2334 as in virtual_delivery'),
    cache_write_fault: estimated(1500, 'exception_delivery 768 and IRET 325, a look-up of what the store hits'),
    resident_classify: derived(500, '[AA06] pgfault less divzero, software VMM less native: 3927 - 3223 - 1093 + 889 = 500'),
    resident_sync: derived(231, '[AA06] ptemod under the software VMM once adapted, less entry, work and exit of the callout: 391 - 40 - 60 - 60 = 231'),
    resident_port_emulation: derived(54, '[AA06] IN under the software VMM, 3209 / 15 = 214, less entry, work and exit of the callout: 214 - 40 - 60 - 60 = 54'),
    ...PARAVIRTUAL_ON_PENTIUM4,

    ...EMULATOR_STEPS,
    ...PENTIUM4_BACK_END,
    ...PENTIUM4_ASSIGNMENT,
    emulator_dispatch: estimated(8, 'an indirect jump of 2, mispredicted one time in four on a pipeline that loses some 25'),
    translate_instruction: estimated(300, 'decode, selection and output, with many mispredicted branches; nothing of it is published for this host'),
    soft_walk_reference: estimated(18, 'as walk_reference: the same load; its address arithmetic hides behind it'),
    host_system_call: derived(397.5, '[AGNER] Prescott table, half of INT i and IRET: 470 / 2 + 325 / 2 = 397.5'),

    shadow_classify: derived(3500, '[AA06] pgfault under VT-x less round trip 4340, null exit 1500, injection 800 and native pgfault 1093: '
      + '11242 - 4340 - 1500 - 800 - 1093 = 3509, to the hundred'),
    shadow_fill: estimated(1725, 'half of shadow_sync: no decoding of what the guest wrote'),
    shadow_sync: derived(3450, '[AA06] ptemod under VT-x, the other half of what instruction_emulation splits: 6893 / 2 = 3446.5, to the ten'),
    shadow_zap: estimated(2000, 'a scan of 1024 entries and the unlinking of one page'),
    shadow_evict: estimated(400, 'a step along a list of pages, two tests and an unlinking; shadow_zap comes on top'),
    shadow_unsync: estimated(700, 'a look-up of the shadow pages of a frame, a flag and a list entry; a fraction of shadow_fill, which comes on top'),
    shadow_reread: estimated(60, 'one guest entry loaded and compared, mostly in the cache'),
    shadow_scan: estimated(2600, '512 entries loaded and tested at 5 cycles each, in the order of memory'),
    shadow_prefetch: estimated(500, 'shadow_fill without the walk down the shadow tables: about a third'),
    shadow_root: estimated(2800, 'a guest CR3 load beyond the exit estimated at 3000, less cr_emulation 200'),
    nested_fill: estimated(3000, 'not used: this host has no nested paging; the figure of nehalem-2009'),
    nested_protect: estimated(40, 'not used: this host has no nested paging; the figure of nehalem-2009'),
    invept: estimated(700, 'not used: this host has no nested paging; the figure of nehalem-2009'),
    invvpid: estimated(700, 'not used: this host has no tagged TLB; the figure of nehalem-2009'),

    port_emulation: derived(9986, '[AA06] IN under VT-x less round trip 4340 and null exit 1500: 15826 - 4340 - 1500 = 9986; '
      + 'the whole I/O path of a first-generation VMM, not to be used for other hosts'),
    mmio_decode: estimated(550, 'MMIO beyond a port access estimated at 4000, less instruction_emulation 3450'),
    mmio_emulation: estimated(9986, 'as port_emulation: the same device model, only reached by address'),
    device_timer: estimated(1500, 'a timer callback of a device model; a fraction of port_emulation'),
  },
};
