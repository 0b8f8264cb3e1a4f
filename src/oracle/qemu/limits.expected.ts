// What the manual says to every probe of the image `limits`, worked out by hand. An outcome is the exception, its error
// code and the faulting EIP counted from the probed code, or `end` when nothing faults.

/** [probe, outcome] rows under the section they follow from. */
export interface Expectations {
  readonly section: string;
  readonly rows: ReadonlyArray<readonly [probe: string, outcome: string]>;
}

const gp = (eip: string, error = '0000'): string => `v0d e=${error} ip=+${eip}`;
const ss = (eip: string, error = '0000'): string => `v0c e=${error} ip=+${eip}`;

const CR4_IMPLEMENTED = [2, 3, 4, 5, 7, 8];
const hex = (value: number): string => value.toString(16).padStart(2, '0');

export const EXPECTED: readonly Expectations[] = [
  {
    section: 'SDM vol. 3A, 5.3 Limit Checking: data, byte units', rows: [
      ['byte limit: last byte', 'end'], ['byte limit: one beyond', gp('00')], ['byte limit: word across', gp('00')],
      ['byte limit: last doubleword', 'end'], ['byte limit: doubleword across', gp('00')], ['byte limit: write across', gp('00')],
      ['byte limit: write beyond', gp('00')], ['byte limit: read-modify-write across', gp('00')], ['byte limit: doubleword around 4 GiB', gp('00')],
      ['byte limit: CMPXCHG8B inside', 'end'], ['byte limit: CMPXCHG8B across', gp('00')], ['byte limit: BOUND across', gp('05')],
      ['byte limit: LES across', gp('00')], ['byte limit: bit string beyond', gp('05')], ['byte limit: LEA beyond', 'end'],
      ['byte limit: REP LODSB across', gp('07')],
    ],
  },
  {section: 'SDM vol. 3A, 5.3: limit in 4 KiB units', rows: [['page limit: last doubleword', 'end'], ['page limit: doubleword across', gp('00')]]},
  {
    section: 'SDM vol. 3A, 5.3: expand-down segments', rows: [
      ['expand-down: at the limit', gp('00')], ['expand-down: one above', 'end'], ['expand-down: doubleword across', gp('00')],
      ['expand-down: last doubleword', 'end'], ['expand-down: doubleword around 4 GiB', gp('00')], ['expand-down, B clear: last byte', 'end'],
      ['expand-down, B clear: one beyond', gp('00')], ['expand-down, B clear: word across', gp('00')], ['expand-down, B clear: at the limit', gp('00')],
    ],
  },
  {
    section: 'SDM vol. 3A, 5.4 Type Checking; 5.4.1 Null Segment Selector Checking', rows: [
      ['read-only: read', 'end'], ['read-only: write', gp('00')], ['read-only: read-modify-write', gp('00')], ['readable code: read', 'end'],
      ['readable code: write', gp('00')], ['null: read', gp('00')], ['null: write', gp('00')], ['CS override: write', gp('00')],
      ['CS override: read', 'end'], ['execute-only CS override: read', gp('00')],
    ],
  },
  {
    section: 'SDM vol. 3A, 6.15 Interrupt 12, Stack Fault: limit of SS', rows: [
      ['stack: PUSH at the top', 'end'], ['stack: PUSH across the top', ss('02')], ['stack: PUSH to the bottom', 'end'],
      ['stack: PUSH below the bottom', ss('02')], ['stack: PUSH 16 around 4 GiB', ss('02')], ['stack: POP at the top', 'end'],
      ['stack: POP across the top', ss('02')], ['stack: CALL below the bottom', ss('02')], ['stack: RET across the top', ss('02')],
      ['stack: PUSHA below the bottom', ss('02')], ['stack: PUSHA to the bottom', 'end'], ['stack: ENTER below the bottom', ss('02')],
      ['stack: LEAVE across the top', ss('02')], ['stack: through EBP', ss('02')], ['stack: through ESP', ss('02')], ['stack: SS override', ss('00')],
      ['expand-down stack: PUSH to the bottom', 'end'], ['expand-down stack: PUSH below the bottom', ss('02')], ['expand-down stack: PUSH at 4 GiB', 'end'],
    ],
  },
  {
    section: 'SDM vol. 2, INT n, operation: the inner stack and the code segment behind a gate', rows: [
      ['inner stack: no room', ss('00', '00a0')], ['inner stack: no room for an exception', ss('00', '00a1')], ['TSS without ESP1', 'v0a e=0048 ip=+00'],
      ['gate beyond the code segment: INT n', gp('00')], ['gate beyond the code segment: #UD', gp('00', '0001')], ['IDT long enough', 'v30 ip=+02'],
    ],
  },
  {
    section: 'SDM vol. 3A, 5.3: limit of CS', rows: [
      ['code: JMP inside', 'end'], ['code: JMP beyond', gp('00')], ['code: Jcc beyond', gp('02')], ['code: Jcc beyond, not taken', 'end'],
      ['code: CALL beyond', gp('00')], ['code: LOOP beyond', gp('05')], ['code: RET beyond', gp('05')], ['code: JMP register beyond', gp('05')],
      ['code: running off the end', gp('3f')], ['code: instruction across the end', gp('3e')], ['code: far JMP beyond', gp('11')],
      ['code: far CALL beyond', gp('11')], ['code: RETF beyond', gp('06')], ['code: IRET beyond', gp('08')],
    ],
  },
  {section: 'SDM vol. 3A, 3.5.1: limit of a descriptor table', rows: [['LDT one byte short', gp('00', '000c')], ['LDT just long enough', 'end']]},
  {
    section: 'SDM vol. 2, LTR, MOV to control registers, RDMSR', rows: [
      ['LTR null', gp('00')], ['CR0: PG without PE', gp('00')], ['CR0: NW without CD', gp('00')], ['RDMSR of no register', gp('05')],
    ],
  },
  {
    section: 'SDM vol. 3A, 2.5: bits of CR4 that CPUID does not offer',
    rows: Array.from({length: 32}, (_, bit) => [` CR4 bit=${hex(bit)} `, CR4_IMPLEMENTED.includes(bit) ? 'end' : gp('00')] as const),
  },
  {
    section: 'SDM vol. 3A, table 4-4: reserved bits of a 4 MiB entry without PSE-36',
    rows: Array.from({length: 10}, (_, at) => [` 4 MiB entry bit=${hex(12 + at)} `, at === 0 ? 'end' : 'v0e e=000d ip=+00'] as const),
  },
];
