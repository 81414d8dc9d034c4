import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodePng } from '@xinc/signals';
import { afterAll, beforeAll } from 'vitest';

/** The command, as it is installed. */
export const BIN = fileURLToPath(new URL('../bin/xinc.js', import.meta.url));

export interface Outcome {
  /** As a shell tells it: 128 and the signal's number for a process that a signal ended. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface XincOptions {
  readonly cwd?: string;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Sends Ctrl-C, shortly after standard error first matches it. */
  readonly interruptAt?: RegExp;
  /** The signal to send instead, and milliseconds to wait before. */
  readonly signal?: NodeJS.Signals;
  readonly delay?: number;
}

/** An exit status as a shell tells it. */
export function shellStatus(code: number | null, signal: NodeJS.Signals | null): number | null {
  return signal === null ? code : 128 + constants.signals[signal];
}

/** Runs the command as a user does. */
export function xinc(args: readonly string[], options: XincOptions = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BIN, ...args], {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr, interrupted] = ['', '', false];
    child.stdout.on('data', (text) => {
      stdout += text;
    });
    child.stderr.on('data', (text) => {
      stderr += text;
      if (!interrupted && options.interruptAt?.test(stderr)) {
        interrupted = true;
        setTimeout(() => child.kill(options.signal ?? 'SIGINT'), options.delay ?? 700);
      }
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ status: shellStatus(code, signal), stdout, stderr }));
  });
}

/** A folder for the tests of a file, with a small picture in it. */
export function workFolder(): { readonly path: string; readonly picture: string; file(name: string): string } {
  const folder = { path: '' };
  beforeAll(async () => {
    folder.path = await mkdtemp(join(tmpdir(), 'xinc-cli-'));
    await writeFile(join(folder.path, 'picture.png'), await encodePng(smoothPicture(18, 26)));
  });
  afterAll(() => rm(folder.path, { recursive: true, force: true }));
  return {
    get path() {
      return folder.path;
    },
    get picture() {
      return join(folder.path, 'picture.png');
    },
    file: (name) => join(folder.path, name),
  };
}

/** Colours that change slowly, and an edge. */
export function smoothPicture(height: number, width: number, phase = 0) {
  const rgb = new Float32Array(3 * height * width);
  for (let p = 0; p < height * width; p++) {
    const [y, x] = [Math.floor(p / width) / height, (p % width) / width];
    rgb[3 * p] = 0.5 + 0.4 * Math.sin(4 * x + phase);
    rgb[3 * p + 1] = y;
    rgb[3 * p + 2] = x + y > 1 + phase / 10 ? 0.9 : 0.2;
  }
  return { height, width, rgb };
}
