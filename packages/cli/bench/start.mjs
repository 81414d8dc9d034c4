import { RUNS, ratio } from '../../../scripts/bench-lines.mjs';
import { bin, take } from './take.mjs';

/* What `xinc --help` takes, beside a Node process that does nothing, in turns: on the clock, and of processors. */
/** What the command took before it was to take no more, in turns with an empty process: 1.37 times as much, the middle of eleven runs. */
const MOST = 1.4;

const runs = Array.from({ length: RUNS }, () => ({ help: take(bin, '--help'), empty: take('--eval', '0') }));
const of = (what, key) => runs.map((run) => run[what][key]);
for (const [words, key, target] of [
  ['processor time', 'processorSeconds', MOST],
  ['wall time', 'seconds', undefined],
]) {
  const line = { name: `xinc --help, ${words}`, peer: 'an empty Node process', target };
  ratio({ ...line, ours: of('help', key), theirs: of('empty', key) });
}
