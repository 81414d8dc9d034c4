import { cp } from 'node:fs/promises';
import { defineConfig } from 'tsup';

const DEJAVU = 'node_modules/dejavu-fonts-ttf';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    'figure/chart-limits': 'src/figure/chart-limits.ts',
    typeset: 'src/typeset.ts',
    'figure/log-axis': 'src/figure/log-axis.ts',
    'figure-thread': 'src/figure/figure-thread.ts',
    'chart-process': 'src/figure/chart-process.ts',
  },
  format: 'esm',
  dts: {
    entry: {
      index: 'src/index.ts',
      'figure/chart-limits': 'src/figure/chart-limits.ts',
      typeset: 'src/typeset.ts',
      'figure/log-axis': 'src/figure/log-axis.ts',
    },
  },
  clean: true,
  target: 'node20',
  async onSuccess() {
    await cp('fonts', 'dist/fonts', { recursive: true });
    await cp(`${DEJAVU}/LICENSE`, 'dist/fonts/LICENSE');
    // The name that fonts.conf knows them by.
    for (const style of ['', '-Bold'])
      await cp(`${DEJAVU}/ttf/DejaVuSans${style}.ttf`, `dist/fonts/XincSans${style}.ttf`);
  },
});
