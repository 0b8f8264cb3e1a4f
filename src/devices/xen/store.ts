// The store's tree: texts by path, and watches that tell of changes below a path. It belongs to the tools of the driver domain; a guest
// reaches it by its ring (store-ring.ts). Xen, docs/misc/xenstore.txt.

export interface Watch {
  readonly path: string;
  /** Called with the path that changed; once at the beginning with the watch's own. */
  readonly told: (path: string) => void;
}

export class Store {
  readonly #values = new Map<string, string>();
  readonly #watches = new Set<Watch>();

  read(path: string): string | null {
    return this.#values.get(path) ?? null;
  }

  has(path: string): boolean {
    return path === '/' || this.#values.has(path);
  }

  /** Nodes on the way are made, empty. */
  write(path: string, value: string): void {
    for (let at = path.indexOf('/', 1); at > 0; at = path.indexOf('/', at + 1)) {
      const above = path.slice(0, at);
      if (!this.#values.has(above)) this.#values.set(above, '');
    }
    this.#values.set(path, value);
    this.#tell(path);
  }

  writeAll(below: string, values: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(values)) this.write(`${below}/${name}`, value);
  }

  /** With all that lies below. */
  remove(path: string): void {
    const gone = [...this.#values.keys()].filter(key => key === path || key.startsWith(`${path}/`));
    for (const key of gone) this.#values.delete(key);
    if (gone.length === 0) return;
    this.#tell(path);
    for (const watch of this.#watches) if (watch.path.startsWith(`${path}/`)) watch.told(watch.path);
  }

  /** Names right below a path. */
  children(path: string): readonly string[] {
    const prefix = path === '/' ? path : `${path}/`;
    const names = [...this.#values.keys()].filter(key => key.startsWith(prefix)).map(key => key.slice(prefix.length).split('/', 1)[0]);
    return [...new Set(names)];
  }

  get size(): number {
    return this.#values.size;
  }

  watch(watch: Watch): void {
    this.#watches.add(watch);
    watch.told(watch.path);
  }

  unwatch(watch: Watch): void {
    this.#watches.delete(watch);
  }

  #tell(path: string): void {
    for (const watch of Array.from(this.#watches)) if (path === watch.path || path.startsWith(`${watch.path}/`) || watch.path === '/') watch.told(path);
  }
}
