import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach } from 'vitest';
import { BIN, shellStatus } from './xinc.js';

/** Where a viewer on this machine is. */
export const ADDRESS = /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+(?=[\s"])/;

/** Where a viewer at that address answers whatever is asked for, relative to it. */
export function admitted(address: string): URL {
  return new URL(`token/${new URL(address).searchParams.get('token')}/`, address);
}

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** A command that goes on until it is interrupted. */
export function begin(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [BIN, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let [stdout, stderr] = ['', ''];
  const waiting = new Set<() => void>();
  const read = (stream: 'stdout' | 'stderr') => (data: Buffer) => {
    if (stream === 'stdout') stdout += data;
    else stderr += data;
    for (const check of waiting) check();
  };
  child.stdout.on('data', read('stdout'));
  child.stderr.on('data', read('stderr'));
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', (code, signal) => resolve(shellStatus(code, signal)));
  });
  return {
    child,
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    ended,
    /** The first match in what was said so far or will be. */
    said: (pattern: RegExp, on: 'stdout' | 'stderr' = 'stderr') =>
      new Promise<RegExpExecArray>((resolve, reject) => {
        const check = () => {
          const found = pattern.exec(on === 'stdout' ? stdout : stderr);
          if (!found) return;
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        ended.then(() => reject(new Error(`It ended without saying ${pattern}: ${stdout}${stderr}`)));
        check();
      }),
    interrupt: () => child.kill('SIGINT'),
  };
}
