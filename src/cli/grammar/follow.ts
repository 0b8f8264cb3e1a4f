// Grammar and help of `worldswitch follow`.
import type {Command} from 'commander';
import {guestOptions} from './guest-options.ts';
import {repeated} from './repeated.ts';

const HELP = `
One line for each instruction the guest executes (disassembled), each switch to or from the VMM, each interrupt it takes and each
exception delivered to it: instructions retired before, ring, EIP, what happened. A place is 'marker N' (1 and 2 are the measured region), an
address, or a count of instructions. Observing changes no count.

Examples:
  worldswitch follow syscall --technique kvm --from 'marker 1' --limit 50
  worldswitch follow ptemod --technique 'hardware-assisted+shadow' --from 'marker 1' --to 'marker 2' --only exits
  worldswitch follow ./kernel.elf --from 0x101200 --to 0x101280
  worldswitch follow ./kernel.elf --from 1000000 --only faults,interrupts --json

Exit codes: 0 followed; 1 the place where it should begin was never reached; 2 usage`;

export function followGrammar(program: Command): Command {
  const command = program.command('follow')
    .description('what a guest executes, instruction by instruction, with exits, interrupts and faults')
    .argument('<image>', 'name of a built-in workload, or path of an image')
    .option('--technique <technique>', 'the technique it runs under (default: native)', repeated)
    .option('--host <host>', 'a modelled host (default: nehalem-2009)', repeated)
    .option('--from <place>', "'marker N', an address or a count (default: the first instruction)")
    .option('--to <place>', "'marker N', an address or a count (default: the end)")
    .option('--only <kinds>', 'instructions, exits, interrupts, faults, separated by commas (default: all)', repeated)
    .option('--limit <n>', 'lines at most (default: 200)')
    .option('--max-instructions <n>', 'budget of guest instructions');
  return guestOptions(command)
    .option('--config <file>', 'this configuration file instead of the one found by searching')
    .option('--json', 'print one JSON document')
    .addHelpText('after', HELP);
}
