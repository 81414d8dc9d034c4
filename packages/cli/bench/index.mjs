import { PARTS } from './parts.mjs';

/* All that is measured of the command, or the parts that are named. Each reads arguments of its own where it is run alone. */
const named = process.argv.splice(2);
for (const name of named.length > 0 ? named : PARTS) await import(`./${name}.mjs`);
