import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isXincError, randomStream } from '@xinc/core';
import { expect, test } from 'vitest';
import onnx from '../src/index.js';

const folder = fileURLToPath(new URL('fixtures', import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith('.onnx'));
const RUNS = Number(process.env.XINC_FUZZ ?? 300);

/** Reads a file and builds its network, as an import does before anything runs. */
function read(bytes: Uint8Array): void {
  const beside = () => {
    throw new Error('asked for another file');
  };
  const { config } = onnx.files!.read({ name: 'network.onnx', bytes, beside, arrays: {} });
  const network = (config as { network: { graph: { inputs: { name: string; shape: (number | null)[] }[] } } }).network;
  // What the network is fed is the user's: here as its inputs say.
  const arrays = Object.fromEntries(network.graph.inputs.map(({ name, shape }) => [name, shape.map((n) => n ?? 2)]));
  const parsed = onnx.config.parse({ network: { ...network, arrays } });
  onnx.build(parsed, { kind: 'video', frames: 2, height: 12, width: 16 });
}

test('files that are damaged anywhere are read, or refused in one line, and soon', {
  timeout: 120_000 + 100 * RUNS,
}, () => {
  const stream = randomStream(7, 'damaged networks');
  let refused = 0;
  for (let run = 0; run < RUNS; run++) {
    const name = files[run % files.length];
    const bytes = Uint8Array.from(readFileSync(`${folder}/${name}`));
    const changes = 1 + stream.integer(4);
    for (let i = 0; i < changes; i++) bytes[stream.integer(bytes.length)] = stream.integer(256);
    const cut = stream.integer(4) === 0 ? bytes.subarray(0, stream.integer(bytes.length)) : bytes;
    const start = performance.now();
    try {
      read(cut);
    } catch (error) {
      refused++;
      if (!isXincError(error) && (error as Error).message !== 'asked for another file') {
        throw new Error(`${name}, run ${run}: ${(error as Error).stack}`);
      }
      expect((error as Error).message).not.toMatch(/\n|undefined|\[object/);
    }
    expect(performance.now() - start, `${name}, run ${run}`).toBeLessThan(2000);
  }
  expect(refused).toBeGreaterThan(RUNS / 10);
});
