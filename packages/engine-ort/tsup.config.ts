import { defineConfig } from 'tsup';

export default defineConfig({
  entry: { index: 'src/index.ts', thread: 'src/runtime/thread.ts', 'bases-thread': 'src/runtime/bases-thread.ts' },
  format: 'esm',
  dts: { entry: 'src/index.ts' },
  clean: true,
  target: 'node20',
  // An optional dependency, which tsup would otherwise put into the thread.
  external: ['koffi'],
});
