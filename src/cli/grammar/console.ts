// Grammar and help of `worldswitch console`.
import type {Command} from 'commander';
import {deviceOptions, guestOptions, kernelOptions} from './guest-options.ts';
import {repeated} from './repeated.ts';

const HELP = `
What the guest prints to COM1 appears here, what is typed goes to it; Ctrl-A x ends, Ctrl-A Ctrl-A types a Ctrl-A. The last line
of the terminal shows instructions and exits a second and the reasons most frequent at present. While the guest sleeps, its
time passes as real time does. Without a terminal, standard input is typed and nothing is added to what the guest prints.

Examples:
  worldswitch console ./kernel.elf --technique kvm
  worldswitch console --kernel bzImage --initrd root.cpio --append 'console=ttyS0' --technique 'hardware-assisted+shadow'
  printf 'help\\n' | worldswitch console ./kernel.elf

Exit codes: 0 the guest ended itself; 1 it ended in another way; 2 usage; 130 ended from the terminal`;

export function consoleGrammar(program: Command): Command {
  const command = program.command('console')
    .description("a guest's serial console in this terminal, live")
    .argument('[image]', 'name of a built-in workload, or path of an image')
    .option('--technique <technique>', 'the technique it runs under (default: native)', repeated)
    .option('--host <host>', 'a modelled host (default: nehalem-2009)', repeated)
    .option('--max-instructions <n>', 'end after so many guest instructions (default: never)');
  return deviceOptions(kernelOptions(guestOptions(command)))
    .option('--config <file>', 'this configuration file instead of the one found by searching')
    .addHelpText('after', HELP);
}
