// Grammar and help of `worldswitch trace`.
import type {Command} from 'commander';
import {deviceOptions, guestOptions} from './guest-options.ts';

const HELP = `
One track for each context (guest-user, guest-kernel, vmm, host-kernel ...), one slice for each stay in it, named by the switch
that led there, over modelled time. The trace begins with the first measured region; a guest without one is traced from its
start. Memory stays the same however long the run.

Examples:
  worldswitch trace syscall:binary-translation+shadow:nehalem-2009
  worldswitch trace disk:hardware-assisted+nested@hosted:nehalem-2009 --param operations=5 --out disk-trace.json
  worldswitch trace ./kernel.elf:hardware-assisted+shadow:nehalem-2009 --from-start --max-switches 1e6`;

export function traceGrammar(program: Command): Command {
  const command = program.command('trace')
    .description('write the world switches of one cell over modelled time, for Perfetto')
    .argument('<CELL>', 'WORKLOAD:TECHNIQUE:HOST in any order; a workload may be an image by path')
    .option('--out <file>', 'the file (default: trace.json in the folder of reports)')
    .option('--max-switches <n>', 'stays in the file at most (default: 200000)')
    .option('--from-start', "from the guest's first instruction, not from its measured region")
    .option('--max-instructions <n>', 'budget of guest instructions');
  return deviceOptions(guestOptions(command))
    .option('--config <file>', 'this configuration file instead of the one found by searching')
    .addHelpText('after', HELP);
}
