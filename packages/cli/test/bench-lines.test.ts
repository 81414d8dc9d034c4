import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { measured, notMeasured, ratio, readRows, table } from '../../../scripts/bench-lines.mjs';

let folder: string;
let said: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xinc-bench-lines-'));
  said = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line));
  vi.stubEnv('XINC_BENCH_ROWS', join(folder, 'rows.jsonl'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

test('a ratio is of each run with its peer, in the middle of all, beside its target', () => {
  ratio({ name: 'step', peer: 'PyTorch', ours: [6, 2, 9], theirs: [10, 4, 10], target: 0.7 });
  expect(said).toEqual([
    'step, against PyTorch: 0.6 ×; 0.5 to 0.9 of 3 runs; 6 against 10 s; target at most 0.7 ×, reached',
  ]);
});

test('what was never reached, or is not a number, does not reach a target', () => {
  ratio({ name: 'a', peer: 'b', ours: [Number.POSITIVE_INFINITY], theirs: [10], target: 0.7 });
  measured({ name: 'c', peer: 'd', values: [Number.NaN], unit: 'dB more', least: 4 });
  expect(said).toEqual([
    'a, against b: never; one run; never against 10 s; target at most 0.7 ×, not reached',
    'c, against d: not a number; one run; target at least 4 dB more, not reached',
  ]);
});

test('the table has every comparison, those that were left out with why', () => {
  ratio({ name: 'step', peer: 'PyTorch', ours: [6], theirs: [10] });
  notMeasured({ name: 'clusters', peer: 'umap-learn', why: 'no Python' });
  expect(table(readRows(join(folder, 'rows.jsonl')))).toBe(
    [
      '| work | peer | measured | spread | target | reached |  |',
      '| --- | --- | --- | --- | --- | --- | --- |',
      '| step | PyTorch | 0.6 × | one run |  |  | 6 against 10 s |',
      '| clusters | umap-learn | not measured |  |  |  | no Python |',
    ].join('\n'),
  );
});
