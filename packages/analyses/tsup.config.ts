import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    'optical-flow-thread': 'src/numeric/optical-flow-thread.ts',
    'umap-thread': 'src/embedding/umap-thread.ts',
  },
  format: 'esm',
  dts: { entry: 'src/index.ts' },
  clean: true,
  target: 'node20',
});
