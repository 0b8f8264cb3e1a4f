// The line that a workload prints when its own check passed, and the checksum in it. The guest's side is freestanding/report.h.

/** One operation's result folded into a checksum, in 32 bits. */
export const foldChecksum = (checksum: number, value: number): number => (Math.imul(checksum, 31) + value) >>> 0;

/** The checksum of `operations` results, `result` giving that of each operation from 0 on. */
export const checksumOf = (operations: number, result: (operation: number) => number): number => {
  let checksum = 0;
  for (let operation = 0; operation < operations; operation++) checksum = foldChecksum(checksum, result(operation));
  return checksum;
};

/** The whole console text of a workload whose check passed. */
export const reportLine = (name: string, operations: number, checksum: number): string =>
  `${name}: ${operations} operations, checksum ${checksum.toString(16).padStart(8, '0')}, ok\n`;
