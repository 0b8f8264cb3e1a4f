// Host-physical memory as the remapping unit reads its tables there.

/** Aligned doublewords. */
export interface HostTables {
  readonly size: number;
  read32(address: number): number;
}
