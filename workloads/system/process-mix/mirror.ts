// What process-mix must compute for a seed, without processes: a child is a copy of the state.
import {foldChecksum} from '../../report-line.ts';

const DATA_PAGES = 24, KEPT = 3, MAXIMUM_PAGES = 96, MAXIMUM_MESSAGE = 1500, CODE_MASK = 0x7f, CHILD_CODE = 54;

/** Vector, error code and page of the address, by kind, as in user.c; at last the first process's number. */
type Exception = readonly [vector: number, error: number, page: number];
/** The kernel's page is there for nobody but the kernel: out of reach, or under page-table isolation not there at all. */
const exceptions = (isolated: boolean): readonly Exception[] => [
  [0, 0, 0], [6, 0, 0], [3, 0, 0], [13, 0, 0], [13, 0x21 * 8 + 2, 0], [14, isolated ? 4 : 5, 0xc0101], [14, 7, 0x8048], [14, 4, 1],
  [1, 0, 0],
];

class Process {
  #state: number;
  readonly #data: Uint32Array;
  readonly #exceptions: readonly Exception[];
  readonly #kept: number[][] = Array.from({length: KEPT}, () => []);

  constructor(state: number, raised: readonly Exception[], data = new Uint32Array(DATA_PAGES)) {
    this.#state = state;
    this.#exceptions = raised;
    this.#data = data;
  }

  #fork(): Process {
    return new Process(this.#state, this.#exceptions, this.#data.slice());
  }

  #draw(below: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % below;
  }

  #scatter(writes: number): void {
    for (let write = 1; write <= writes; write++) this.#data[this.#draw(DATA_PAGES)] += write;
  }

  dataSum(): number {
    return this.#data.reduce(foldChecksum, 0);
  }

  #code(): number {
    return this.dataSum() & CODE_MASK;
  }

  mappingSum(slot: number): number {
    return this.#kept[slot].reduce(foldChecksum, 0);
  }

  #forkAndWrite(): number {
    const writes = this.#draw(12);
    const child = this.#fork();
    child.#scatter(writes);
    this.#scatter(1);
    return child.#code();
  }

  #forkFamily(): number {
    const members = 1 + this.#draw(3);
    const child = this.#fork();
    let sum = 0;
    for (let member = 0; member < members; member++) {
      child.#scatter(1);
      const grandchild = child.#fork();
      grandchild.#scatter(2);
      sum += grandchild.#code();
    }
    return sum & CODE_MASK;
  }

  #remap(): number {
    const slot = this.#draw(KEPT), pages = 1 + this.#draw(MAXIMUM_PAGES);
    const sum = this.mappingSum(slot);
    this.#kept[slot] = Array.from({length: pages}, (_, page) => (page % 3 === 0 ? page + pages : 0));
    return sum;
  }

  #transfer(): number {
    const bytes = 1 + this.#draw(MAXIMUM_MESSAGE);
    return Array.from({length: bytes}, (_, index) => (index * 13 + bytes) & 0xff).reduce(foldChecksum, 0);
  }

  #fault(): number {
    return this.#exceptions[this.#draw(this.#exceptions.length)].reduce(foldChecksum);
  }

  act(): number {
    switch (this.#draw(6)) {
      case 0: return this.#forkAndWrite();
      case 1: return CHILD_CODE;
      case 2: return this.#forkFamily();
      case 3: return this.#remap();
      case 4: return this.#fault();
      default: return this.#transfer();
    }
  }
}

export const processMixChecksum = (seed: number, operations: number, isolated: boolean): number => {
  const process = new Process(seed, exceptions(isolated));
  let checksum = 0;
  for (let operation = 0; operation < operations; operation++) checksum = foldChecksum(foldChecksum(checksum, process.act()), process.dataSum());
  for (let slot = 0; slot < KEPT; slot++) checksum = foldChecksum(checksum, process.mappingSum(slot));
  return checksum;
};
