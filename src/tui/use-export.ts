// Reports on demand: writes those of what has ended, and what came of it in a sentence.
import {useState} from 'react';

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

interface Export {
  readonly message: string | null;
  readonly exportReports: () => void;
}

/** `write` writes the reports of what has ended and resolves with their paths, or rejects with a sentence; null where none are asked for. */
export function useExport(write: (() => Promise<readonly string[]>) | null): Export {
  const [message, setMessage] = useState<string | null>(null);
  const exportReports = (): void => {
    if (write === null) {
      setMessage('Nothing is written: this run was asked for no reports.');
      return;
    }
    setMessage('writing the reports ...');
    write().then(paths => setMessage(`Written: ${paths.join(', ')}`), (error: unknown) => setMessage(messageOf(error)));
  };
  return {message, exportReports};
}
