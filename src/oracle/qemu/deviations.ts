// Where QEMU 7.2's translator is known to differ from the manual: each row rewrites its answer into the manual's, with the
// section. A row that no longer finds anything to rewrite fails the test, so the list cannot outlive its reasons.
import type {AskedImage} from './images.ts';

/** A line that begins a probe (or stands alone), and the lines of its events, which are indented by two spaces. */
export type Block = readonly string[];

export interface Deviation {
  readonly image: AskedImage | 'all';
  /** First lines it applies to. */
  readonly probe: RegExp;
  readonly why: string;
  readonly correct: (block: Block) => Block;
}

/** Rewrites each line of a block that matches. */
const replace = (from: RegExp | string, to: string | ((...groups: string[]) => string)) => (block: Block): Block =>
  block.map(line => (typeof to === 'string' ? line.replace(from, to) : line.replace(from, to)));

const withBit = (digits: string, bit: number): string => (parseInt(digits, 16) | bit).toString(16).padStart(digits.length, '0');

const RF = 0x10000;
const REQUEST_GONE = 'a request that goes low before its acknowledge is gone: 8259A data sheet, Edge and Level Triggered Modes';
const EXTERNAL = 'EXT is set when the delivery of an interrupt or exception faults: vol. 3A, 6.13 Error Code';
const RESUME = 'a fault pushes EFLAGS with RF set: vol. 3B, 17.3.1.1';
const externalBit = replace(/^( {2}v(?:0a|0b|0c|0d) e=)(\w{4})/, (_, head, error) => head + withBit(error, 1));
const SECOND_FAULT = /^(absent gate|null selector|selector beyond the GDT|data segment|absent segment|outer ring|no gate|no type|LDT selector): #(DE|UD|BR|PF) @/;

/** The order matters: RF is added to what the rows before it have left. */
export const DEVIATIONS: readonly Deviation[] = [
  {
    image: 'exceptions', probe: /^INT1 @/, why: 'INT1 (F1) raises #DB, not #UD: vol. 2, INT n/INTO/INT3/INT1',
    correct: ([title, event]) => {
      const trap = event.replace('v06 ip=+00', 'v01 ip=+01');
      return [title, trap, trap.replace(/^ {2}v01 ip=\+01/, '  end ip=+04').replace(/ h=\w+/, '')];
    },
  },
  {
    image: 'exceptions', probe: /^LOCK MOV @/, why: 'LOCK on MOV raises #UD before the operand is read: vol. 2, LOCK; vol. 3A, table 6-2',
    correct: replace(/^ {2}v0e e=\w+ (.*) cr2=\w+$/, '  v06 $1'),
  },
  {
    image: 'exceptions', probe: /^TF over CLI and STI @/, why: 'STI holds interrupts off, not single-step traps: vol. 2, STI; vol. 3A, 6.8.3',
    correct: ([title, first, second, ...rest]) => [title, first, second.replace('ip=+03', 'ip=+02'), second, ...rest],
  },
  {
    image: 'exceptions', probe: /^TF over REP MOVSB @/, why: 'a trap between iterations pushes RF: vol. 3B, 17.3.1.1',
    correct: block => block.map((line, at) => (line.includes('ip=+0f') && block[at - 1].includes('ip=+0f') ? line.replace('fl=00', 'fl=01') : line)),
  },
  {
    image: 'exceptions', probe: /^(INT n|#UD) to ring 1 @/, why: "an absent stack segment in the TSS raises #SS, not #TS: vol. 2, INT n, operation",
    correct: replace(/^ {2}v0a e=0068 /, '  v0c e=0068 '),
  },
  {
    image: 'exceptions', probe: /^#UD to ring 1 @/, why: EXTERNAL, correct: externalBit,
  },
  {
    image: 'tasks', probe: /^#(UD|GP) task gate @/, why: EXTERNAL,
    correct: block => externalBit(block).map(line => line.replace(/^( {2}end .* ebx=)(\w{8})( .* edi=0000000[abcd])/, (_, head, error, rest) => head + withBit(error, 1) + rest)),
  },
  {
    image: 'tasks', probe: /^CALL gate to conforming code @[123]/, why: 'a call gate to conforming code leaves CPL as it is: vol. 2, CALL, operation; vol. 3A, 5.8.4',
    correct: replace(/^( {2}end ip=\+35 cs=)0058( fl=000002) sp=bf..( eax=)00000058(.* edx=000000)(..)/, (_, head, flags, eax, rest, ss) =>
      `${head}${withBit('0058', parseInt(ss, 16) & 3)}${flags} ss=00${ss} sp=0014 pushed=18${eax}${withBit('00000058', parseInt(ss, 16) & 3)}${rest}${ss}`),
  },
  {
    image: 'tasks', probe: /^JMP task gate @|^INT n task gate @/, why: 'a task gate to a local or missing task state segment raises #GP: vol. 2, JMP and INT n, operation',
    correct: replace(/^ {2}v0a e=(0014|004c|000c|000d|0015|004d) /, (_, error) => `  v0d e=${error} `),
  },
  {
    image: 'tasks', probe: /^JMP gate @0/, why: 'an absent code segment behind a call gate raises #NP: vol. 2, JMP, operation',
    correct: replace(/^ {2}v0d e=0098 /, '  v0b e=0098 '),
  },
  {
    image: 'debug', probe: /^strings @/, why: 'a trap between iterations pushes RF: vol. 3B, 17.3.1.1',
    correct: replace(/^( {2}v01 ip=\+(?:0a|1b) .*fl=)00/, (_, head) => `${head}01`),
  },
  {image: 'debug', probe: /^instruction with RF @/, why: 'RF lasts for one instruction: vol. 3B, 17.3.1.1', correct: replace(/^( {2}end .*fl=)01/, (_, head) => `${head}00`)},
  {image: 'debug', probe: /^MOV SS under a breakpoint @/, why: 'MOV SS holds debug traps off for one more instruction: vol. 3A, 6.8.3', correct: replace('ip=+0c', 'ip=+0d')},
  {
    image: 'debug', probe: /^MOV to DR @/, why: 'bit 12 of DR6 and bits 11, 12, 14 and 15 of DR7 are 0: vol. 3B, figure 17-1',
    correct: replace(/ebx=ffffffff ecx=ffffdfff/, 'ebx=ffffefff ecx=ffff07ff'),
  },
  {image: 'debug', probe: /^ dr6=ffffffff dr7=00000400$/, why: 'bit 12 of DR6 is 0: vol. 3B, figure 17-1', correct: () => [' dr6=ffffefff dr7=00000400']},
  {
    image: 'debug', probe: /^general detection @/, why: 'with GD set MOV from DR raises #DB: vol. 3B, 17.2.4',
    correct: ([title, end]) => [title, '  v01 ip=+00 cs=0008 fl=000002 h=00000 sp=0010', end],
  },
  {image: 'debug', probe: /^ dr6=ffff0ff0 dr7=00002400$/, why: 'general detection shows as BD and clears GD: vol. 3B, 17.2.3 and 17.2.4', correct: () => [' dr6=ffff2ff0 dr7=00000400']},
  {
    image: 'pae', probe: /^(read|write|fetch) @/, why: 'RSVD is only ever set together with P: vol. 3A, 4.7',
    correct: replace(/^( {2}v0e e=000)([89a-f])/, (_, head, code) => head + withBit(code, 1)),
  },
  {
    image: 'pae', probe: /^MOV to CR3 @/, why: 'a directory pointer with a reserved bit refuses the load: vol. 3A, 4.4.1',
    correct: ([title]) => [title, '  v0d e=0000 ip=+00 cs=0008 fl=000002 h=00000 sp=0010'],
  },
  {
    image: 'pae', probe: /^pointer in memory alone @/, why: 'the directory pointers are registers, loaded with CR3: vol. 3A, 4.4.1',
    correct: ([title]) => [title, '  v0e e=0000 ip=+00 cs=0008 fl=000002 h=00000 sp=0010 cr2=40000000'],
  },
  {image: 'exceptions', probe: SECOND_FAULT, why: EXTERNAL, correct: externalBit},
  {image: 'interrupts', probe: /^interrupt through /, why: EXTERNAL, correct: externalBit},
  {
    image: 'exceptions', probe: /^#(UD|GP) to (conforming code|ring 1) @/, why: RESUME,
    correct: replace(/^( {2}inner .* frame .*)000002/, '$1010002'),
  },
  {
    image: 'transfers', probe: /ss=008\w (IRET|RETF)/, why: 'returning to an absent stack segment raises #SS, not #NP: vol. 2, IRET and RET, operation',
    correct: replace(/^ {2}v0b e=0080 /, '  v0c e=0080 '),
  },
  {
    image: 'page-faults', probe: /^ 4M wp=\d entry=20\d\d\d[1357] /, why: 'RSVD is only ever set together with P: vol. 3A, 4.7',
    correct: replace(/v0e\/(\w)/g, (_, error) => `v0e/${withBit(error, 1)}`),
  },
  {
    image: 'page-faults', probe: /^(both|first|second) absent (ADD|CMPXCHG8B) @/,
    why: 'a read-modify-write is checked as a write before it reads (vol. 2, CMPXCHG8B says so; for ADD the manual is silent, as on processors)',
    correct: replace(/ e=0004 /, ' e=0006 '),
  },
  {
    image: 'page-faults', probe: / PUSHA @/, why: 'EAX is pushed first: vol. 2, PUSHA, operation',
    correct: block => block.map(line => line.replace(/cr2=\w+/, block[0].startsWith('first') ? 'cr2=01800ffc' : 'cr2=01801004')),
  },
  {
    image: 'page-faults', probe: /^ ecx=c0c0c0c0 esi=90909090 edi=90909090$/, why: 'POPA that faults has changed no register: vol. 3A, 6.5',
    correct: () => [' ecx=c0c0c0c0 esi=51515151 edi=d1d1d1d1'],
  },
  {
    image: 'interrupts', probe: /^(higher level while IRQ 4|both in service|specific EOI of IRQ 4|EOI irr)/,
    why: REQUEST_GONE, correct: replace(/irr=10 isr/, 'irr=00 isr'),
  },
  {image: 'interrupts', probe: /^request gone irr/, why: REQUEST_GONE, correct: replace(/irr=11/, 'irr=01')},
  {image: 'interrupts', probe: /^request gone before/, why: REQUEST_GONE, correct: block => block.filter(line => !line.startsWith('  v24'))},
  {
    image: 'apic', probe: /^ lint0=\w+ disabled by software/, why: 'disabling by software sets the masks of all local vectors: vol. 3A, 10.4.7.2',
    correct: replace(/lint0=00000700/, 'lint0=00010700'),
  },
  {
    image: 'all', probe: /./, why: RESUME,
    correct: replace(/^( {2}v(?:00|05|06|07|0a|0b|0c|0d|0e) .*? fl=)(\w{6})/, (_, head, flags) => head + withBit(flags, RF)),
  },
];

export function blocksOf(lines: readonly string[]): Block[] {
  const blocks: string[][] = [];
  for (const line of lines) {
    const block = blocks.at(-1);
    if (block && line.startsWith('  ')) block.push(line);
    else blocks.push([line]);
  }
  return blocks;
}

/** QEMU's lines as the manual would have them; `used` gathers the rows that changed something. */
export function corrected(image: AskedImage, lines: readonly string[], used = new Set<Deviation>()): string[] {
  const rows = DEVIATIONS.filter(row => row.image === 'all' || row.image === image);
  return blocksOf(lines).flatMap(block => rows.reduce((before, row) => {
    if (!row.probe.test(block[0])) return before;
    const after = row.correct(before);
    if (after.join('\n') !== before.join('\n')) used.add(row);
    return after;
  }, block));
}
