// The reverse map: for each guest frame, the shadow entries that map it. What takes write access away from a frame needs it.

export class ReverseMap {
  readonly #entries = new Map<number, Set<number>>();

  /** @param at host-physical address of a shadow entry */
  add(guestFrame: number, at: number): void {
    const known = this.#entries.get(guestFrame);
    if (known) known.add(at);
    else this.#entries.set(guestFrame, new Set([at]));
  }

  remove(guestFrame: number, at: number): void {
    const known = this.#entries.get(guestFrame);
    known?.delete(at);
    if (known?.size === 0) this.#entries.delete(guestFrame);
  }

  of(guestFrame: number): Iterable<number> {
    return this.#entries.get(guestFrame) ?? [];
  }
}
