import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  dts: true,
  // Vite has put the pages there before: they stay.
  clean: ['!page/**', '!file/**'],
  target: 'node20',
});
