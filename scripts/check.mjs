import { pnpm, setUp } from './toolchain.mjs';

/* What a reviewer would ask: types, package validity, lint and format, unused code and dependencies. */
setUp();
pnpm('run', 'check');
