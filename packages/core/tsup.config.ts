import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    'graph/index': 'src/graph/index.ts',
    'trace/index': 'src/trace/index.ts',
    'formats/index': 'src/formats/index.ts',
    'testing/index': 'src/testing/index.ts',
    'node/index': 'src/node/index.ts',
    'node/kernel-worker': 'src/node/kernel-worker.ts',
  },
  format: 'esm',
  dts: true,
  clean: true,
  target: 'node20',
});
