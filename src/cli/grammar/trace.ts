// Grammar and help of `worldswitch trace`.
import type {Command} from 'commander';
import {repeated} from './repeated.ts';

const HELP = `
One track for each context (guest-user, guest-kernel, vmm, host-kernel ...), one slice for each stay in it, named by the switch
that led there, over modelled time. The trace begins with the first measured region; a guest without one is traced from its
start. Memory stays the same however long the run.

Examples:
  worldswitch trace syscall:binary-translation+shadow:nehalem-2009
  worldswitch trace disk:hardware-assisted+nested@hosted:nehalem-2009 --param operations=5 --out disk-trace.json
  worldswitch trace ./kernel.elf:hardware-assisted+shadow:nehalem-2009 --from-start --max-switches 1e6`;

export const traceGrammar = (program: Command): Command => program.command('trace')
  .description('write the world switches of one cell over modelled time, for Perfetto')
  .argument('<CELL>', 'WORKLOAD:TECHNIQUE:HOST in any order; a workload may be an image by path')
  .option('--out <file>', 'the file (default: trace.json in the folder of reports)')
  .option('--max-switches <n>', 'stays in the file at most (default: 200000)')
  .option('--from-start', "from the guest's first instruction, not from its measured region")
  .option('--clock <clock>', 'what guest timers follow: cycles or instructions')
  .option('--max-instructions <n>', 'budget of guest instructions')
  .option('--param <name=value>', 'a parameter of the workload (repeat for several)', repeated)
  .option('--append <string>', "added to the guest's command line", repeated)
  .option('--memory <MiB>', 'memory of the guest (default: 64)')
  .option('--disk <file>', 'a raw disk image; the file is not changed')
  .option('--net <peer>', 'a network card, and who is at the other end: echo, sink or source')
  .option('--config <file>', 'this configuration file instead of the one found by searching')
  .addHelpText('after', HELP);
