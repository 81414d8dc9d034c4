import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { begin } from './begin.js';
import { BIN, workFolder, xinc } from './xinc.js';

/* What becomes of a command whose output cannot be written, or whose terminal goes away. */
const work = workFolder();

/** A training that has begun, and what is then done to it. */
async function training(run: string, act: (child: ReturnType<typeof begin>['child']) => void) {
  const command = begin(['train', work.picture, '--out', run, '--steps', '1000000']);
  await command.said(/Training …/);
  await setTimeout(500);
  act(command.child);
  return { status: await command.ended, signal: command.child.signalCode, stderr: command.stderr };
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

test('help whose reader is gone ends without a word', async () => {
  const child = spawn(process.execPath, [BIN, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  await new Promise((resolve) => child.on('close', resolve));
  expect(stderr).toBe('');
});

describe.runIf(process.platform !== 'win32')('a training', () => {
  test.each([
    ['that Ctrl-C stops', 130, (child: ReturnType<typeof begin>['child']) => child.kill('SIGINT')],
    ['that is asked to end', 143, (child: ReturnType<typeof begin>['child']) => child.kill('SIGTERM')],
    ['whose terminal is closed', 129, (child: ReturnType<typeof begin>['child']) => child.kill('SIGHUP')],
    ['whose progress nobody reads any more', 1, (child: ReturnType<typeof begin>['child']) => child.stderr.destroy()],
  ])(
    '%s keeps what is done, and its status is %i',
    async (what, expected, act) => {
      const run = work.file(what.replaceAll(' ', '-'));
      const { status } = await training(run, act);
      expect(status).toBe(expected);
      expect(await readdir(run)).toContain('training-state.safetensors');
      expect(await readdir(run)).not.toContain('xinc.lock');
    },
    60_000,
  );

  test('that is stopped a second time ends at once, as by the signal', async () => {
    const run = work.file('twice');
    const outcome = await training(run, async (child) => {
      child.kill('SIGINT');
      await setTimeout(5);
      child.kill('SIGINT');
    });
    // The first may have been enough by then.
    if (outcome.signal === null) expect(outcome.status).toBe(130);
    else expect(outcome.signal).toBe('SIGINT');
    expect(outcome.stderr).not.toMatch(/terminate called|Napi/);
    const report = await xinc(['report', run]);
    expect(report.stderr).toMatch(/has no weights yet/);
  });
});
