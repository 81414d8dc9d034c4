import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  dts: true,
  // Vite has put the page there before: that stays.
  clean: ['!page/**'],
  target: 'node20',
});
