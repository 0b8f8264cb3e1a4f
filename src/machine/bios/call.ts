// The registers of one BIOS call: they lie on the caller's stack, where the ROM's code has saved them, and are changed there.
import {linear, type RealMemory} from './real-memory.ts';

/** Where the code of rom.ts leaves each, from SP on. */
const ES = 0, DS = 2, EDI = 4, ESI = 8, EBP = 12, EBX = 20, EDX = 24, ECX = 28, EAX = 32, VECTOR = 36, WAITS = 37, IP = 38, CS = 40, FLAGS = 42;
const CARRY = 0x01, ZERO = 0x40;

export class Call {
  readonly memory: RealMemory;
  readonly #frame: number;

  /** @param stack SS << 16 | SP */
  constructor(memory: RealMemory, stack: number) {
    this.memory = memory;
    this.#frame = linear(stack >>> 16, stack & 0xffff);
    this.#set8(WAITS, 0);
  }

  get vector(): number { return this.memory.u8(this.#frame + VECTOR); }
  get eax(): number { return this.#u32(EAX); }
  set eax(value: number) { this.#set32(EAX, value); }
  get ebx(): number { return this.#u32(EBX); }
  set ebx(value: number) { this.#set32(EBX, value); }
  get ecx(): number { return this.#u32(ECX); }
  set ecx(value: number) { this.#set32(ECX, value); }
  get edx(): number { return this.#u32(EDX); }
  set edx(value: number) { this.#set32(EDX, value); }
  get ax(): number { return this.#u16(EAX); }
  set ax(value: number) { this.#set16(EAX, value); }
  get bx(): number { return this.#u16(EBX); }
  set bx(value: number) { this.#set16(EBX, value); }
  get cx(): number { return this.#u16(ECX); }
  set cx(value: number) { this.#set16(ECX, value); }
  get dx(): number { return this.#u16(EDX); }
  set dx(value: number) { this.#set16(EDX, value); }
  get al(): number { return this.#u8(EAX); }
  set al(value: number) { this.#set8(EAX, value); }
  get ah(): number { return this.#u8(EAX + 1); }
  set ah(value: number) { this.#set8(EAX + 1, value); }
  get bl(): number { return this.#u8(EBX); }
  get bh(): number { return this.#u8(EBX + 1); }
  get cl(): number { return this.#u8(ECX); }
  get ch(): number { return this.#u8(ECX + 1); }
  get dl(): number { return this.#u8(EDX); }
  get dh(): number { return this.#u8(EDX + 1); }
  get si(): number { return this.#u16(ESI); }
  get di(): number { return this.#u16(EDI); }
  set di(value: number) { this.#set16(EDI, value); }
  get edi(): number { return this.#u32(EDI); }
  get bp(): number { return this.#u16(EBP); }
  get ds(): number { return this.#u16(DS); }
  get es(): number { return this.#u16(ES); }
  set es(value: number) { this.#set16(ES, value); }

  set carry(on: boolean) { this.#flag(CARRY, on); }
  set zero(on: boolean) { this.#flag(ZERO, on); }

  /** The code waits for an interrupt and asks again. */
  wait(): void {
    this.#set8(WAITS, 1);
  }

  /** The call returns somewhere else. */
  returnTo(segment: number, offset: number): void {
    this.#set16(CS, segment);
    this.#set16(IP, offset);
  }

  /** The usual answer of a service that does not exist. */
  refuse(): void {
    this.ah = 0x86;
    this.carry = true;
  }

  #flag(bit: number, on: boolean): void {
    const flags = this.#u16(FLAGS);
    this.#set16(FLAGS, on ? flags | bit : flags & ~bit);
  }

  #u8(field: number): number { return this.memory.u8(this.#frame + field); }
  #u16(field: number): number { return this.memory.u16(this.#frame + field); }
  #u32(field: number): number { return this.memory.u32(this.#frame + field); }
  #set8(field: number, value: number): void { this.memory.setU8(this.#frame + field, value & 0xff); }
  #set16(field: number, value: number): void { this.memory.setU16(this.#frame + field, value & 0xffff); }
  #set32(field: number, value: number): void { this.memory.setU32(this.#frame + field, value >>> 0); }
}
