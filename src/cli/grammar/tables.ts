// Grammar and help of `worldswitch tables`.
import type {Command} from 'commander';

const HELP = `
The table 'io' has a row for each way to a disk or a network card (emulated devices, virtio, xen-ring, passthrough) in each place where
a VMM's parts can live, at queue depths 1 and 32. Each figure is a count or the modelled cycles of the measured region divided by its
operations, taken from a cell that was checked against bare metal. A dash has the reason below.

Examples:
  worldswitch tables io                        Markdown, also readable on a terminal
  worldswitch tables io --host skylake-2016
  worldswitch tables io --host pentium4-2005 --base hardware-assisted+shadow
  worldswitch tables io --json | jq '.rows[] | {way, architecture, depth, figures}'
  worldswitch tables io --out reports          also reports/io.md, io.csv and io.json

Exit codes:
  0    every row that can be measured was
  1    a cell failed or is not what bare metal computes; its row says so
  2    an unknown table, host or strategy; nothing has run
  130  interrupted; what was measured is shown`;

export const tablesGrammar = (program: Command): Command => program.command('tables')
  .description('print a standing table: io, the switches and cycles of disk requests and packets')
  .argument('<table>', 'io')
  .option('--host <host>', 'a modelled host (default: nehalem-2009)')
  .option('--base <cpu+memory>', 'processor and memory strategies under the ways of I/O (default: hardware-assisted+nested)')
  .option('--format <format>', 'md, csv or json (default: md)')
  .option('--json', 'print one JSON document and nothing else')
  .option('--out <folder>', 'also write io.md, io.csv and io.json there')
  .option('--jobs <n>', 'worker threads (default: one for each processor)')
  .option('--config <file>', 'this configuration file instead of the one found by searching')
  .addHelpText('after', HELP);
