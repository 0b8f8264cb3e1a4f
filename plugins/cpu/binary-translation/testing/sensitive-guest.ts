// Guests of the tests' own: a kernel with 50 times each of Robin and Irvine's sensitive unprivileged instructions, and CLI, STI and IRET;
// and a program that looks at the processor.
import {writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {elfKernel, multibootHeader} from '../../../../src/machine/elf-fixture.ts';

/*
 * start:   cli; lgdt [gdtr]; ljmp 8:1f; 1: mov eax,0x10; mov ds,eax; mov es,eax; mov ss,eax; mov esp,0x200000; lidt [idtr]; mov ebx,50
 * again:   sgdt [scratch]; sidt [scratch]; sldt eax; smsw eax; pushf; popf; lar eax,cx; mov ecx,0x10; lar eax,cx; lsl edx,cx; verr cx;
 *          verw cx; push ds; pop ds; push cs; pop eax; push ss; pop eax; lcall 8:far; ljmp 8:2f; 2: int 0x40; str eax; mov eax,cs;
 *          mov edx,ss; mov ss,edx; sti; cli; pushf; pop eax; dec ebx; jnz again; mov al,0; out 0xf4,al; hlt
 * far:     retf          handler: iret          and behind them descriptors, pseudo-descriptors and the gate of vector 0x40
 */
const KERNEL = `
fa0f0115b0001000ea1f0010000800b8100000008ed88ec08ed0bc000020000f011db8001000bb320000000f0105c60010000f010dc60010000f00c00f01e09c9d0f02c1b910
0000000f02c10f03d10f00e10f00e91e1f0e5816589a900010000800ea790010000800cd400f00c88cc88cd28ed2fbfa9c584b75b0b000e6f4f4cbcf8db60000000000000000
00000000ffff0000009bcf00ffff00000093cf0017009800100066900702befe0f0091000800008e10000000000000000000`;

const ENTRY = 0x100010;

export const sensitiveGuest = (): string => imageOf(KERNEL, 'sensitive');

/** Writes an image and returns its path. */
function imageOf(hex: string, name: string): string {
  const data = hex.replaceAll('\n', '').match(/../g)!.map(byte => Number.parseInt(byte, 16));
  const file = join(tmpdir(), `worldswitch-${name}-${process.pid}.elf`);
  writeFileSync(file, elfKernel({entry: ENTRY, header: multibootHeader(0, 0), segments: [{physicalAddress: 0x100000, data}]}));
  return file;
}

/*
 * start:  cli; mov al,0xff; out 0x21,al; lgdt [gdtr]; lidt [idtr]; ljmp 8:1f; 1: mov eax,0x10; mov ds,eax; mov ss,eax; mov esp,0x200000;
 *         push 0x23; push 0x1f0000; push 0x202; push 0x1b; push user; iret        user: str ebx; smsw eax; ud2        and behind them descriptors; the IDT is empty
 */
const PROGRAM = `
fab0ffe6210f0115800010000f011d86001000ea2a0010000800b8100000008ed88ed0bc000020006a236800001f0068020200006a1b684c001000cf0f00cb0f01e00f0b8d74
26000000000000000000ffff0000009bcf00ffff00000093cf00ffff000000fbcf00ffff000000f3cf00270058001000000000000000`;

/** A program in ring 3 that reads the task register and CR0, and ends the machine by a triple fault. */
export const curiousGuest = (): string => imageOf(PROGRAM, 'curious');
