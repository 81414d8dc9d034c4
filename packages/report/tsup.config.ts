import { cp } from 'node:fs/promises';
import { defineConfig } from 'tsup';

const DEJAVU = 'node_modules/dejavu-fonts-ttf';

export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  dts: true,
  clean: true,
  target: 'node20',
  async onSuccess() {
    await cp('fonts', 'dist/fonts', { recursive: true });
    for (const font of ['ttf/DejaVuSans.ttf', 'ttf/DejaVuSans-Bold.ttf', 'LICENSE'])
      await cp(`${DEJAVU}/${font}`, `dist/fonts/${font.split('/').at(-1)}`);
  },
});
