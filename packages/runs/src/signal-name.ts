import { basename, dirname } from 'node:path';

/** What a signal is called: its file or folder. A folder `frames` is called as the one that it is in, as in a study: data sets have many of that name. */
export function signalName(path: string): string {
  const [name, parent] = [basename(path), basename(dirname(path))];
  return name === 'frames' && !['', '.', '..'].includes(parent) ? parent : name;
}
