import { defineConfig } from 'tsup';

export default defineConfig({ entry: ['src/main.ts'], format: 'esm', splitting: true, clean: true, target: 'node20' });
