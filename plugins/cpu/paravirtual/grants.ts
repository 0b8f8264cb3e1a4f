// The grant table of a domain that nobody shares memory with: its frames can be set up and written, and no other domain maps what
// is granted. Xen, public/grant_table.h.
import {DOMAIN_ID, DOMID_SELF, ENOSYS} from 'worldswitch';
import type {Domain} from 'worldswitch';

const SETUP_TABLE = 2, QUERY_SIZE = 6;
const MOST_FRAMES = 4;
/** GNTST_*: status of one operation, in the structure. */
const OKAY = 0, GENERAL_ERROR = -1, BAD_DOMAIN = -2;

export class GrantTable {
  readonly #domain: Domain;
  readonly #frames: number[] = [];

  constructor(domain: Domain) {
    this.#domain = domain;
  }

  operate(command: number, operation: number, count: number): number {
    if (count !== 1 || (command !== SETUP_TABLE && command !== QUERY_SIZE)) return -ENOSYS;
    const {copy} = this.#domain;
    const [domain, wanted, , list] = copy.readWords(operation, command === SETUP_TABLE ? 4 : 3);
    const own = (domain & 0xffff) === DOMID_SELF || (domain & 0xffff) === DOMAIN_ID;
    if (command === QUERY_SIZE) copy.writeWords(operation + 4, [this.#frames.length, MOST_FRAMES, own ? OKAY : BAD_DOMAIN]);
    else copy.write32(operation + 8, own ? this.#setUp(wanted >>> 0, list) : BAD_DOMAIN);
    return 0;
  }

  #setUp(wanted: number, list: number): number {
    if (wanted > MOST_FRAMES) return GENERAL_ERROR;
    this.#domain.copy.check(list, wanted * 4, true);
    while (this.#frames.length < wanted) {
      const frame = this.#domain.vmm.frames.take();
      if (frame < 0) return GENERAL_ERROR;
      this.#domain.paging.share(frame);
      this.#frames.push(frame);
    }
    this.#domain.copy.writeWords(list, this.#frames.slice(0, wanted));
    return OKAY;
  }
}
