import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pnpm, root, setUp } from './toolchain.mjs';

/* Every package's measurements, one after the other. Each prints ratios measured in one run. */
setUp();
for (const name of readdirSync(join(root, 'packages')).sort()) {
  const { scripts = {} } = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
  if (!scripts.bench) continue;
  console.log(`\n── ${name}`);
  pnpm('--dir', join(root, 'packages', name), 'run', 'bench');
}
