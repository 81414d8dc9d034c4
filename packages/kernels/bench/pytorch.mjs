import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { notMeasured, RUNS, ratio } from '../../../scripts/bench-lines.mjs';
import { pythonWith, without } from '../../../scripts/bench-python.mjs';
import { openThreads } from './trace.mjs';

const script = fileURLToPath(new URL('pytorch.py', import.meta.url));
const WORK = 'totals, extremes, four groupings';
const FFN = `416 maps of the FFN: ${WORK}`;
const BLOCK = `block 1 of the default NeRV: ${WORK}`;

/** Tracing beside careful PyTorch, in turns, with one thread and with all. */
export async function compareWithPyTorch() {
  const python = pythonWith('torch');
  if (!python) {
    for (const name of [FFN, BLOCK]) notMeasured({ name, peer: 'careful PyTorch', why: without('torch') });
    return;
  }
  for (const threads of new Set([1, availableParallelism()])) await compare(python, threads);
}

async function compare(python, threads) {
  const peer = await startPeer(python, threads);
  const ffn = await openThreads('ffn 128×256', 'sums', threads);
  const nerv = await openThreads('nerv 128×256', 'sums', threads);
  const words = `PyTorch ${peer.version}, ${threads === 1 ? '1 thread' : `${threads} threads`}`;
  const comparisons = [
    { name: FFN, of: `careful ${words}`, tracing: 'ffn', target: 0.5, run: () => ffn.time(ffn.names) },
    {
      name: `${FFN}; layers copied in as well`,
      of: `careful ${words}`,
      tracing: 'ffn',
      run: () => ffn.time(ffn.names, true),
    },
    {
      name: BLOCK,
      of: `careful ${words}, means by its pools`,
      tracing: 'block 1 by pools',
      target: 1 / 40,
      run: () => nerv.time(['block 1']),
    },
    {
      name: BLOCK,
      of: `careful ${words}, means as products of matrices`,
      tracing: 'block 1 by products',
      run: () => nerv.time(['block 1']),
    },
  ];
  for (const { name, of, tracing, target, run } of comparisons) {
    const [ours, theirs] = [[], []];
    // The first of each compiles and warms.
    for (let i = 0; i <= RUNS; i++) {
      const [one, other] = [await run(), await peer.time(tracing)];
      if (i > 0) ours.push(one);
      if (i > 0) theirs.push(other);
    }
    const both = (what) => ({ ours: ours.map((run) => run[what]), theirs: theirs.map((run) => run[what]) });
    ratio({ name: `${name}, wall time`, peer: of, ...both('seconds'), target });
    ratio({ name: `${name}, processor time`, peer: of, ...both('processorSeconds') });
  }
  await Promise.all([ffn.close(), nerv.close(), peer.close()]);
}

/** PyTorch in a process of its own, which answers one line for each that it reads. */
async function startPeer(python, threads) {
  const child = spawn(python, [script, String(threads)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await answers.next();
    if (done) throw new Error(`${python} ended before it answered`);
    return JSON.parse(value);
  };
  const { version } = await answer();
  return {
    version,
    time(tracing) {
      child.stdin.write(`${tracing}\n`);
      return answer();
    },
    close() {
      child.stdin.end();
      return once(child, 'close');
    },
  };
}
