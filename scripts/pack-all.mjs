import { resolve } from 'node:path';
import { packAll } from './packages.mjs';
import { setUp } from './toolchain.mjs';

/* Every package as a tarball that npm, pnpm and yarn install: npm run pack:all -- [folder, else tarballs/]. */
const folder = resolve(process.argv[2] ?? 'tarballs');
setUp();
packAll(folder);
console.log(`The tarballs are in ${folder}; they are installed together: npm install ${folder}/*.tgz`);
