// The prose of `--help`: examples, quoting and exit codes. Flags are described where they are defined, in program.ts.

export const MAIN_HELP = `
Examples:
  worldswitch run                              the matrix of the configuration
  worldswitch run syscall ptemod --plain       two workloads, plain text
  worldswitch run syscall --json | jq .cells   for scripts
  worldswitch list techniques                  what can be combined, on which host
  worldswitch compare before.json after.json   what differs and why; exit 3 where it got worse
  worldswitch explain ptemod:hardware-assisted+shadow:nehalem-2009
  worldswitch report reports/latest.json       one HTML page of the last run
  worldswitch validate                         published claims, measured
  worldswitch tables io                        switches and cycles of a disk request and of a packet

'worldswitch run --help' explains techniques, images and exit codes.`;

export const RUN_HELP = `
Techniques are written cpu+memory+io@architecture; '+emulated' and '@hypervisor' may be left out. Options stand in
brackets, separated by commas; quote them, brackets mean something to shells:
  worldswitch run ptemod --technique native --technique 'hardware-assisted+shadow[write=zap]@hosted'
  worldswitch run syscall --host 'nehalem-2009[walk-caches=off]' --param operations=100
  worldswitch run tlb-reach --param pages=16 --param pages=256 --param pages=1024 --format html     a sweep, drawn as lines

An image of your own is a Multiboot ELF32 file; its console is COM1 and port 0xE9, it ends by writing to port 0xF4:
  worldswitch run ./kernel.elf --append 'root=/dev/hda' --memory 128 --max-instructions 1e9

A Linux kernel (bzImage), a Multiboot kernel with modules, or a disk that boots by its boot sector:
  worldswitch run --kernel bzImage --initrd initrd.gz --append console=ttyS0 --technique native
  worldswitch run --kernel kernel.elf --module 'ramdisk.img=root ro'
  worldswitch run --disk disk.raw --keys 'linux\\n'

Without flags the configuration decides: .benchrc.json (or .benchrc.yaml, .benchrc.ts, bench.config.ts, "bench" in
package.json), searched upward to the nearest package.json. Arguments and flags replace its axis whole. The bare-metal
reference a verdict needs is run even when 'native' is not among the techniques.

Ctrl-C keeps what had ended, marked incomplete; the same command with --resume runs what is missing. A second Ctrl-C ends at once.

Exit codes:
  0    as expected
  1    a cell failed: its outcome or exit code is not bare metal's, or not what the workload expects
  2    usage, configuration or image is wrong, or every cell is refused; nothing has run
  4    a technique that claims equivalence is not equivalent
  130  interrupted; partial results are kept`;

export const LIST_HELP = `
Examples:
  worldswitch list workloads
  worldswitch list techniques --json
  worldswitch list plugins --config ./other/.benchrc.json
  worldswitch list cpu                 coverage of the manual, section by section, with what is missing`;

export const VALIDATE_HELP = `
Each claim is one block: what was published and where, what the model's cells give, the band it must lie in, the verdict, and
whether a cost was set from that very figure (then its agreement confirms nothing). 'not yet' says what is missing.

Examples:
  worldswitch validate                 all claims
  worldswitch validate 1-7 16          some of them, by number
  worldswitch validate C               exact counts only
  worldswitch validate --json | jq '.claims[] | {number, verdict}'
  worldswitch validate --strict        for scripts that want every band kept

Exit codes:
  0    every count is exact; ratios outside their bands are shown
  1    a count (kind C) is wrong, a cell failed, or with --strict a figure is outside its band
  2    an unknown claim, or a configuration that is not right; nothing has run
  130  interrupted; what was measured is shown`;
