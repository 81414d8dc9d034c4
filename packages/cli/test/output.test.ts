import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { workFolder, xinc } from './xinc.js';

/* What becomes of a command whose output cannot be written, or whose terminal goes away. */
const work = workFolder();
const BIN = fileURLToPath(new URL('../bin/xinc.js', import.meta.url));
const endless = (run: string) => ['train', work.picture, '--out', run, '--steps', '1000000'];

/** Runs the command until its standard error matches, then does something to it. */
function until(args: readonly string[], seen: RegExp, act: (child: ReturnType<typeof spawn>) => void) {
  return new Promise<{ status: number | null; signal: NodeJS.Signals | null; stderr: string }>((resolve) => {
    const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    let [stderr, acted] = ['', false];
    child.stderr.on('data', (text) => {
      stderr += text;
      if (acted || !seen.test(stderr)) return;
      acted = true;
      setTimeout(() => act(child), 500);
    });
    child.on('close', (status, signal) => resolve({ status, signal, stderr }));
  });
}

describe.runIf(existsSync('/dev/full'))('a full disk behind standard output', () => {
  test('is said, and the exit status tells of it', async () => {
    const full = openSync('/dev/full', 'w');
    const outcome = await new Promise<{ status: number | null; stderr: string }>((resolve) => {
      const child = spawn(process.execPath, [BIN, 'plugins', '--json'], { stdio: ['ignore', full, 'pipe'] });
      let stderr = '';
      child.stderr!.on('data', (text) => {
        stderr += text;
      });
      child.on('close', (status) => resolve({ status, stderr }));
    });
    closeSync(full);
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toMatch(/^xinc: the result could not be printed: ENOSPC.*\n$/);
  });
});

describe.runIf(process.platform !== 'win32')('a training', () => {
  test.each([
    ['whose terminal is closed', (child: ReturnType<typeof spawn>) => child.kill('SIGHUP')],
    ['whose progress nobody reads any more', (child: ReturnType<typeof spawn>) => child.stderr!.destroy()],
  ])(
    '%s keeps what is done',
    async (what, act) => {
      const run = work.file(what.replaceAll(' ', '-'));
      const { status } = await until(endless(run), /Training …/, act);
      expect(status).toBe(1);
      expect(await readdir(run)).toContain('training-state.safetensors');
      expect(await readdir(run)).not.toContain('xinc.lock');
    },
    60_000,
  );

  test('that is stopped a second time ends at once, as by the signal', async () => {
    const run = work.file('twice');
    const outcome = await until(endless(run), /Training …/, (child) => {
      child.kill('SIGINT');
      setTimeout(() => child.kill('SIGINT'), 5);
    });
    // The first may have been enough by then.
    if (outcome.signal === null) expect(outcome.status).toBe(1);
    else expect(outcome.signal).toBe('SIGINT');
    expect(outcome.stderr).not.toMatch(/terminate called|Napi/);
    const report = await xinc(['report', run]);
    expect(report.stderr).toMatch(/has no weights yet/);
  });
});
