// Flags that say what the guest is and what it finds, for every command that runs one: one wording, and no command forgets a peer.
import type {Command} from 'commander';
import {repeated} from './repeated.ts';

/** Of any guest. */
export const guestOptions = (command: Command): Command => command
  .option('--clock <clock>', 'what guest timers follow: cycles or instructions')
  .option('--param <name=value>', 'a parameter of the workloads that declare it (repeat for several)', repeated)
  .option('--append <string>', "added to the guest's command line (repeat to add more)", repeated)
  .option('--memory <MiB>', 'memory of the guest (default: 64)');

/** Of a guest that is a kernel of its own, with what its boot loader hands over. */
export const kernelOptions = (command: Command): Command => command
  .option('--kernel <file>', 'a kernel: Linux (bzImage, 32 bits) or Multiboot')
  .option('--initrd <file>', "the Linux kernel's initial file system")
  .option('--module <file=args>', 'a module of the Multiboot kernel, with arguments behind = (repeat for several)', repeated);

/** What is plugged into the guest's machine. */
export const deviceOptions = (command: Command): Command => command
  .option('--disk <file>', 'a raw disk image behind IDE, or virtio under that strategy; never changed; booted from where no image is named')
  .option('--keys <text>', 'typed on the keyboard from the first second on; \\n is Enter')
  .option('--net <peer>', 'a network card, and who is at the other end: echo, sink, source, host or ping')
  .option('--card <card>', 'which network card a PC has: e1000 (default) or pcnet; virtio under that strategy');
