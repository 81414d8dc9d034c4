import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { NamedArray, RasterFigure, Table } from '@xinc/core';
import { encodeNpy } from '@xinc/core/formats';
import { Run } from '@xinc/runs';
import { onTestFinished } from 'vitest';
import type { DoneRun } from '../src/report/done-runs.js';
import type { Task } from '../src/tasks/tasks.js';

/** What an analysis found: what a test has use for. */
export interface Found {
  readonly arrays?: readonly NamedArray[];
  readonly tables?: readonly Table[];
  readonly figures?: readonly RasterFigure[];
  /** Rows of charts, by their names. */
  readonly charts?: Readonly<Record<string, readonly object[]>>;
  readonly values?: object;
}

/** A run of a picture of 4 × 8 pixels, or of a video of such, with what its analyses found; it is gone when the test has finished. */
export async function analysedRun(
  [signal, network, seed]: readonly [string, string, number],
  analyses: Readonly<Record<string, Found>>,
  { frames = 1, labelled = true } = {},
): Promise<DoneRun> {
  const path = await mkdtemp(join(tmpdir(), 'xinc-run-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  const write = async (file: string, content: Uint8Array | string) => {
    await mkdir(dirname(join(path, file)), { recursive: true });
    await writeFile(join(path, file), content);
  };
  const origin = { path: signal, sha256: signal, originalHeight: 4, originalWidth: 8, notes: [] };
  await write(
    'run.json',
    JSON.stringify({
      schema: 2,
      xinc: '0',
      created: '2026-01-01T00:00:00Z',
      signal: { kind: frames > 1 ? 'video' : 'image', frames, height: 4, width: 8, source: origin, labelled },
      model: { name: network, package: network, version: '0', config: {}, parameters: 1 },
      seed,
    }),
  );
  for (const [name, { arrays = [], tables = [], figures = [], charts = {}, values = {} }] of Object.entries(analyses)) {
    const folder = `analysis/${name}`;
    for (const { data, ...array } of arrays) await write(`${folder}/${fileOf(array)}`, encodeNpy({ ...array, data }));
    const panels = figures.flatMap((figure) =>
      figure.panels.map((panel, i) => [`${figure.name}-${i}.npy`, panel] as const),
    );
    for (const [file, { height, width, pixels }] of panels) {
      if (pixels.kind !== 'values') throw new Error('a panel of values is expected');
      await write(`${folder}/${file}`, encodeNpy({ shape: [height, width], data: Float32Array.from(pixels.values) }));
    }
    for (const [chart, rows] of Object.entries(charts)) {
      await write(`${folder}/${chart}.vl.json`, JSON.stringify({ data: { values: rows } }));
    }
    const result = {
      ...{ name, title: name, description: '', options: {}, frames: [0], seconds: 0, findings: [], values },
      ...{ omissions: [], notes: [] },
      tables: tables.map((table) => ({ ...table, file: `${table.name}.csv` })),
      arrays: arrays.map(({ data: _, ...array }) => ({ ...array, file: fileOf(array) })),
      figures: [
        ...figures.map((figure) => ({
          ...figure,
          panels: figure.panels.map(({ title }, i) => ({ title, kind: 'values', file: `${figure.name}-${i}.npy` })),
        })),
        ...Object.keys(charts).map((chart) => ({
          ...{ kind: 'chart', name: chart, title: chart, caption: '', file: `${chart}.vl.json` },
        })),
      ],
    };
    await write(`${folder}/result.json`, JSON.stringify(result));
  }
  const task = {
    id: `${signal}-${network}-s${seed}`,
    signal: { name: signal },
    network: { name: network },
    seed,
  } as Task;
  return { task, run: await Run.open(path), ssim: null };
}

const fileOf = ({ frame, layer, name }: Pick<NamedArray, 'frame' | 'layer' | 'name'>) =>
  `${frame}-${layer}-${name}.npy`;
