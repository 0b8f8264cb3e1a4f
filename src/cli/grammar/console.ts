// Grammar and help of `worldswitch console`.
import type {Command} from 'commander';
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

export const consoleGrammar = (program: Command): Command => program.command('console')
  .description("a guest's serial console in this terminal, live")
  .argument('[image]', 'name of a built-in workload, or path of an image')
  .option('--technique <technique>', 'the technique it runs under (default: native)', repeated)
  .option('--host <host>', 'a modelled host (default: nehalem-2009)', repeated)
  .option('--clock <clock>', 'what guest timers follow: cycles or instructions')
  .option('--max-instructions <n>', 'end after so many guest instructions (default: never)')
  .option('--param <name=value>', 'a parameter of the workload (repeat for several)', repeated)
  .option('--append <string>', "added to the guest's command line (repeat to add more)", repeated)
  .option('--kernel <file>', 'a kernel: Linux (bzImage, 32 bits) or Multiboot')
  .option('--initrd <file>', "the Linux kernel's initial file system")
  .option('--module <file=args>', 'a module of the Multiboot kernel, with arguments behind = (repeat for several)', repeated)
  .option('--memory <MiB>', 'memory of the guest (default: 64)')
  .option('--disk <file>', 'a raw disk image; the file is not changed')
  .option('--net <peer>', 'a network card, and who is at the other end: echo, sink or source')
  .option('--config <file>', 'this configuration file instead of the one found by searching')
  .addHelpText('after', HELP);
