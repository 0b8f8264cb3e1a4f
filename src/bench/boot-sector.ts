// A boot sector for an engine without a Multiboot loader: it reads what stands behind it on the disk, copies that to where
// the kernel and the boot information belong, and enters the kernel as a Multiboot loader does.
// Multiboot Specification 0.6.96, 3.2 Machine state; disk reads by INT 13h, AH=42h (Enhanced Disk Drive Specification 3.0).

export const SECTOR = 512;
/** Sectors read at a time. */
export const SECTORS_AT_ONCE = 64;
/** Where the first page behind the boot sector goes, and everything behind that. */
export const LOW_ADDRESS = 0x1000, HIGH_ADDRESS = 0x10_0000, LOW_BYTES = 4096;

/** Offsets of what the disk's writer fills in: reads, doublewords of the kernel, EBX, entry point. */
const READS = 0x1f0, WORDS = 0x1f2, INFORMATION = 0x1f6, ENTRY = 0x1fa, SIGNATURE = 0x1fe;

/** Assembled for address 0x7c00. */
const CODE: ReadonlyArray<readonly [bytes: string, text: string]> = [
  ['fa', 'cli'],
  ['31c0', 'xor ax, ax'],
  ['8ed8', 'mov ds, ax'],
  ['8ed0', 'mov ss, ax'],
  ['bc007c', 'mov sp, 0x7c00'],
  ['fb', 'sti'],
  ['be807c', 'read: mov si, packet'],
  ['b442', 'mov ah, 0x42'],
  ['cd13', 'int 0x13'],
  ['722b', 'jc stop'],
  ['8106867c0008', 'add word [packet + 6], 0x800'],
  ['668306887c40', 'add dword [packet + 8], 64'],
  ['ff0ef07d', 'dec word [reads]'],
  ['75e5', 'jnz read'],
  ['fa', 'cli'],
  ['e492', 'in al, 0x92'],
  ['0c02', 'or al, 2 (A20)'],
  ['e692', 'out 0x92, al'],
  ['0f0116a87c', 'lgdt [gdtr]'],
  ['0f20c0', 'mov eax, cr0'],
  ['0c01', 'or al, 1'],
  ['0f22c0', 'mov cr0, eax'],
  ['ea427c0800', 'jmp 8:protected'],
  ['f4', 'stop: hlt'],
  ['ebfd', 'jmp stop'],
  ['66b81000', 'protected: mov ax, 16'],
  ['8ed8', 'mov ds, ax'],
  ['8ec0', 'mov es, ax'],
  ['8ee0', 'mov fs, ax'],
  ['8ee8', 'mov gs, ax'],
  ['8ed0', 'mov ss, ax'],
  ['fc', 'cld'],
  ['be00000200', 'mov esi, 0x20000'],
  ['bf00100000', 'mov edi, LOW_ADDRESS'],
  ['b900040000', 'mov ecx, LOW_BYTES / 4'],
  ['f3a5', 'rep movsd'],
  ['bf00001000', 'mov edi, HIGH_ADDRESS'],
  ['8b0df27d0000', 'mov ecx, [words]'],
  ['f3a5', 'rep movsd'],
  ['b802b0ad2b', 'mov eax, 0x2badb002'],
  ['8b1df67d0000', 'mov ebx, [information]'],
  ['ff25fa7d0000', 'jmp [entry]'],
  ['10004000000000200100000000000000', 'packet: 64 sectors to 0x2000:0 from sector 1'],
  ['0000000000000000', 'gdt: null'],
  ['ffff0000009acf00', 'code'],
  ['ffff00000092cf00', 'data'],
  ['1700907c0000', 'gdtr'],
];

export interface BootSector {
  readonly reads: number;
  readonly words: number;
  readonly information: number;
  readonly entry: number;
}

export function bootSector(values: BootSector): Uint8Array {
  const sector = new Uint8Array(SECTOR);
  sector.set(Buffer.from(CODE.map(([bytes]) => bytes).join(''), 'hex'));
  const view = new DataView(sector.buffer);
  view.setUint16(READS, values.reads, true);
  view.setUint32(WORDS, values.words, true);
  view.setUint32(INFORMATION, values.information, true);
  view.setUint32(ENTRY, values.entry, true);
  view.setUint16(SIGNATURE, 0xaa55, true);
  return sector;
}
