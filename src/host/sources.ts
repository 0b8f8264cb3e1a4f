// The bibliography of the host profiles and of the published figures they are checked against. A figure's source names
// an entry by its key in brackets: "[AGNER] Prescott table, INT i".

export interface Publication {
  readonly authors: string;
  readonly title: string;
  readonly where: string;
  readonly year: number;
  /** How its figures were read, where that was not in the publication itself; or what to beware of. */
  readonly note?: string;
}

export const SOURCES = {
  AA06: {
    authors: 'K. Adams, O. Agesen', title: 'A Comparison of Software and Hardware Techniques for x86 Virtualization',
    where: 'ASPLOS XII, pp. 2-13', year: 2006,
    note: 'Nanobenchmarks (section 6.3) read in a transcription: ligurio/openbsd-tests, tests/atomics/at_vmm.cc. Table 1 remembered.',
  },
  AGE12: {
    authors: 'O. Agesen, J. Mattson, R. Rugina, J. Sheldon', title: 'Software Techniques for Avoiding Hardware Virtualization Exits',
    where: 'USENIX Annual Technical Conference', year: 2012, note: 'Table 1 remembered.',
  },
  AGILE16: {
    authors: 'J. Gandhi, M. D. Hill, M. M. Swift', title: 'Agile Paging: Exceeding the Best of Nested and Shadow Paging',
    where: 'ISCA 43', year: 2016, note: 'Abstract and summaries.',
  },
  AGNER: {
    authors: 'A. Fog', title: 'Instruction Tables: Lists of Instruction Latencies, Throughputs and Micro-operation Breakdowns',
    where: 'Technical University of Denmark, edition of 2021-08-17, https://www.agner.org/optimize/', year: 2021,
  },
  'AMD-OPT': {
    authors: 'AMD', title: 'Software Optimization Guide for AMD Family 17h Processors', where: 'publication 55723, revision 3.00', year: 2017,
    note: 'Remembered; the second-level data TLB read in quotation.',
  },
  BHA08: {
    authors: 'R. Bhargava, B. Serebrin, F. Spadini, S. Manne', title: 'Accelerating Two-Dimensional Page Walks for Virtualized Systems',
    where: 'ASPLOS XIII, pp. 26-35', year: 2008, note: 'Abstract and a summary.',
  },
  BOOT283: {
    authors: 'N. Hanout, Quan', title: 'CMPE283 assignment: KVM exit counts by reason for one Linux boot, with and without EPT',
    where: 'https://github.com/nicolashanout/linux, README', year: 2021, note: 'Student measurement under a nested hypervisor: ratios only. Year approximate.',
  },
  DALL16: {
    authors: 'C. Dall, S.-W. Li, J. T. Lim, J. Nieh, G. Koloventzos', title: 'ARM Virtualization: Performance and Architectural Implications',
    where: 'ISCA 43', year: 2016, note: 'Table II remembered.',
  },
  ELI12: {
    authors: 'A. Gordon, N. Amit, N. Har\'El, M. Ben-Yehuda, A. Landau, A. Schuster, D. Tsafrir', title: 'ELI: Bare-Metal Performance for I/O Virtualization',
    where: 'ASPLOS XVII, pp. 411-422', year: 2012, note: 'Abstract; tables remembered.',
  },
  EPT09: {
    authors: 'VMware', title: 'Performance Evaluation of Intel EPT Hardware Assist', where: 'VMware technical paper', year: 2009,
  },
  HAXM: {
    authors: 'HAXM contributors', title: 'VMCS accesses per exit in KVM and HAXM', where: 'https://github.com/intel/haxm, pull request 130', year: 2018,
  },
  'INTEL-OPT': {
    authors: 'Intel', title: 'Intel 64 and IA-32 Architectures Optimization Reference Manual', where: 'order number 248966', year: 2009,
    note: 'Remembered; for Skylake, an edition of 2016 or later.',
  },
  'INTEL-SDM': {
    authors: 'Intel', title: 'Intel 64 and IA-32 Architectures Software Developer\'s Manual', where: 'vol. 2A, CPUID leaf 2, table of descriptors', year: 2007,
  },
  'KVM-BYP': {
    authors: 'A. Kivity', title: 'KVM: Allow not-present guest page faults to bypass kvm', where: 'Linux commit c7addb90', year: 2007,
  },
  'KVM-SPT': {
    authors: 'A. Kivity', title: 'KVM: Update shadow pte on write to guest pte', where: 'Linux commit 0028425f', year: 2007,
  },
  LINUS14: {
    authors: 'L. Torvalds', title: 'On the cost of a page fault', where: 'post of April 2014', year: 2014, note: 'Read in quotation.',
  },
  MIH08: {
    authors: 'D. Mihocka, S. Shwartsman', title: 'Virtualization Without Direct Execution or Jitting: Designing a Portable Virtual Machine Infrastructure',
    where: 'AMAS-BT 1, workshop at ISCA 35', year: 2008, note: 'Figures remembered.',
  },
  NEM: {
    authors: 'K. St. Osmundsen', title: 'NemRawBench-1: exits under KVM, VirtualBox and the Windows Hypervisor Platform',
    where: 'VirtualBox, src/VBox/VMM/testcase/NemRawBench-1.cpp, results in comments', year: 2018, note: 'Tool output; cycles at nominal clock.',
  },
  PVM23: {
    authors: 'H. Huang et al.', title: 'PVM: Efficient Shadow Paging for Deploying Secure Containers in Cloud-native Environment',
    where: 'SOSP 29', year: 2023,
  },
  RI00: {
    authors: 'J. S. Robin, C. E. Irvine', title: 'Analysis of the Intel Pentium\'s Ability to Support a Secure Virtual Machine Monitor',
    where: 'USENIX Security 9', year: 2000, note: 'Read in public notes.',
  },
  RIOMMU15: {
    authors: 'M. Malka, N. Amit, M. Ben-Yehuda, D. Tsafrir', title: 'rIOMMU: Efficient IOMMU for I/O Devices that Employ Ring Buffers',
    where: 'ASPLOS XX, pp. 355-368', year: 2015, note: 'Table 1 remembered.',
  },
  SEVES20: {
    authors: 'M. Roth', title: 'KVM: SVM: timings of VMSAVE and VMLOAD on EPYC', where: 'Linux kernel mailing list, December 2020, '
      + 'https://lkml.iu.edu/hypermail/linux/kernel/2012.2/00527.html', year: 2020, note: 'Title paraphrased.',
  },
  SPLITX: {
    authors: 'A. Landau, M. Ben-Yehuda, A. Gordon', title: 'SplitX: Split Guest/Hypervisor Execution on Multi-Core', where: 'WIOV 3', year: 2011,
  },
  SUG01: {
    authors: 'J. Sugerman, G. Venkitachalam, B.-H. Lim', title: 'Virtualizing I/O Devices on VMware Workstation\'s Hosted Virtual Machine Monitor',
    where: 'USENIX Annual Technical Conference', year: 2001,
  },
  VML: {
    authors: 'E. Yulyugin', title: 'vmlatency: VM entry and CPUID exit on 52 Intel processors', where: 'https://github.com/yulyugin/vmlatency, results/',
    year: 2021, note: 'Tool output in TSC ticks: frequency scaling biases some rows. Year approximate.',
  },
  WANG11: {
    authors: 'X. Wang, J. Zang, Z. Wang, Y. Luo, X. Li', title: 'Selective Hardware/Software Memory Virtualization', where: 'VEE 7', year: 2011,
    note: 'Abstract.',
  },
  XEN03: {
    authors: 'P. Barham et al.', title: 'Xen and the Art of Virtualization', where: 'SOSP 19, pp. 164-177', year: 2003,
  },
  'XEN-CR8': {
    authors: 'T. Betak', title: 'svm: Greatly reduce total number of CR8 intercepts', where: 'xen.git commit 300b3c46', year: 2007, note: 'Year approximate.',
  },
  'XEN-INT80': {
    authors: 'I. Campbell', title: 'Implement faster int 0x80 handling for compat mode guests', where: 'xen.git commit 3e1b9525', year: 2007, note: 'Year approximate.',
  },
  'XEN-OOS': {
    authors: 'G. Guidi', title: 'Out-of-sync L1 shadows', where: 'xen-devel mailing list, June 2008', year: 2008,
  },
  XPERF: {
    authors: 'Y. Shan', title: 'x86 ring-switch overhead', where: 'http://lastweek.io/notes/xperf/', year: 2020, note: 'Year approximate.',
  },
} as const satisfies Record<string, Publication>;

export type SourceKey = keyof typeof SOURCES;

/** Keys a source text cites, in order. */
export function citedKeys(source: string): string[] {
  return Array.from(source.matchAll(/\[([A-Z][A-Z0-9-]*)\]/g), match => match[1]);
}
