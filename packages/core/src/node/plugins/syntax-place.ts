import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';

/** Modules that are looked through, at most. */
const MOST = 64;

/**
 * Where the text of a module, or of one that it imports by a relative path, is no JavaScript: `lib/own.js:3`. Node tells that
 * when it ends with such an error, and not in the error itself; so each module is checked by a process that executes nothing.
 * @param folder that the place is told from
 */
export async function syntaxPlace(path: string, folder: string): Promise<string | undefined> {
  const modules = [path];
  for (const module of modules) {
    const line = await brokenLine(module);
    if (line !== undefined) return `${relative(folder, module).replaceAll('\\', '/')}:${line}`;
    const text = await readFile(module, 'utf8').catch(() => '');
    for (const [, imported] of text.matchAll(/(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g)) {
      const found = resolve(dirname(module), imported);
      if (!modules.includes(found) && modules.length < MOST) modules.push(found);
    }
  }
  return undefined;
}

/** The line of a file at which it is no JavaScript; `undefined` where it is, or cannot be read. */
function brokenLine(path: string): Promise<string | undefined> {
  return new Promise((settle) => {
    execFile(process.execPath, ['--check', path], (error, _stdout, stderr) => {
      settle(error ? /^(?:file:\/\/)?\S.*:(\d+)\r?$/m.exec(stderr)?.[1] : undefined);
    });
  });
}
