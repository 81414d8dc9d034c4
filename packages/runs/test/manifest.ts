import type { RunManifest } from '../src/folder/manifest.js';

/** The manifest of a run whose training was begun. */
export const manifest: RunManifest = {
  schema: 2,
  xinc: '0.1.0',
  created: '2026-01-02T03:04:05.000Z',
  signal: {
    kind: 'image',
    frames: 1,
    height: 2,
    width: 3,
    source: { path: 'a.png', sha256: 'ab', originalHeight: 2, originalWidth: 3, notes: [] },
    labelled: false,
  },
  model: { name: 'ffn', package: '@xinc/model-ffn', version: '0.1.0', config: {}, parameters: 10 },
  seed: 0,
  training: { steps: 10, learningRate: 1e-3, batch: 6, engine: 'ort', step: 4, seconds: 1 },
};
