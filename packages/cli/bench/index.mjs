import { PARTS } from './parts.mjs';

/* All that is measured of the command, or the parts that are named. */
const named = process.argv.slice(2);
for (const name of named.length > 0 ? named : PARTS) await import(`./${name}.mjs`);
