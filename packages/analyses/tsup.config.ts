import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    neurons: 'src/neurons.ts',
    'optical-flow-thread': 'src/numeric/optical-flow-thread.ts',
    'umap-thread': 'src/embedding/umap-thread.ts',
  },
  format: 'esm',
  dts: { entry: { index: 'src/index.ts', neurons: 'src/neurons.ts' } },
  clean: true,
  target: 'node20',
});
