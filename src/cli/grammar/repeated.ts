// Flags that may repeat, as commander collects them.

export const repeated = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
