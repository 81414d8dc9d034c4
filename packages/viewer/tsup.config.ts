import { defineConfig } from 'tsup';

// Vite has put the page into dist/app before: that stays.
export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  dts: true,
  clean: ['dist/*.js', 'dist/*.d.ts'],
  target: 'node20',
});
