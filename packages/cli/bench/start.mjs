import { RUNS, ratio } from '../../../scripts/bench-lines.mjs';
import { bin, take } from './take.mjs';

/* What `xinc --help` takes, beside a Node process that does nothing, in turns: on the clock, and of processors. */
/** Seconds of processors that the command took when it was measured first. */
const FIRST = 0.14;

const runs = Array.from({ length: RUNS }, () => ({ help: take(bin, '--help'), empty: take('--eval', '0') }));
const of = (what, key) => runs.map((run) => run[what][key]);
const seconds = of('help', 'processorSeconds');
const first = { name: 'xinc --help, processor time', peer: `the ${FIRST} s of its first measurement` };
ratio({ ...first, ours: seconds, theirs: seconds.map(() => FIRST), target: 1 });
const empty = { peer: 'an empty Node process' };
ratio({ ...empty, name: 'xinc --help, processor time', ours: seconds, theirs: of('empty', 'processorSeconds') });
ratio({ ...empty, name: 'xinc --help, wall time', ours: of('help', 'seconds'), theirs: of('empty', 'seconds') });
