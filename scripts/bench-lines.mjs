import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';

/*
 * What a bench compares with a peer, told in one form: a line where it is measured, and a row of the table that `npm run bench` ends with, which
 * gathers them in the file that XINC_BENCH_ROWS names.
 */

/** How often a comparison is measured, each time with its peer: XINC_BENCH_RUNS, 5 if absent. */
export const RUNS = Math.max(1, Math.floor(Number(process.env.XINC_BENCH_RUNS ?? 5)) || 5);

/**
 * Tells what one takes as a share of what its peer takes, of runs in turns.
 * @param line name: the work and what is measured of it ("FFN step, wall time"); peer: what it is compared with ("PyTorch 2.15, 2 threads");
 * ours and theirs: a number of each run, in the same order; unit: theirs, "s" if absent; target: the largest ratio that is wanted, if there is one;
 * note: what else is to be said
 */
export function ratio({ name, peer, ours, theirs, unit = 's', target, note }) {
  if (ours.length !== theirs.length) throw new Error(`${name}: ${ours.length} runs against ${theirs.length}`);
  const both = `${number(median(ours))} against ${withUnit(median(theirs), unit)}`;
  const notes = note === undefined ? both : `${both}; ${note}`;
  measured({ name, peer, values: ours.map((value, i) => value / theirs[i]), unit: '×', most: target, note: notes });
}

/**
 * Tells numbers of which there is one for each run: a ratio, or what one has more than its peer.
 * @param line name and peer as of `ratio`; values; unit: theirs; most or least: what is wanted of the median, if anything; note: what else is to be said
 */
export function measured({ name, peer, values, unit, most, least, note }) {
  if (values.length === 0) throw new Error(`${name}: no runs`);
  const middle = median(values);
  const target = most === undefined ? least : most;
  // What is not a number reaches nothing.
  const reached = target === undefined ? undefined : most === undefined ? middle >= least : middle <= most;
  const words = most === undefined ? 'at least' : 'at most';
  tell({
    name,
    peer,
    measured: withUnit(middle, unit),
    spread:
      values.length > 1
        ? `${number(Math.min(...values))} to ${number(Math.max(...values))} of ${values.length} runs`
        : 'one run',
    target: target === undefined ? '' : `${words} ${withUnit(target, unit)}`,
    reached,
    note,
  });
}

/** Tells that a comparison was left out, and why: "XINC_PYTHON names no Python that has torch". */
export function notMeasured({ name, peer, why }) {
  tell({ name, peer, measured: 'not measured', note: why });
}

/** The processor's name, how many threads it has for this process, and its widest vectors where the system says so. */
export function processor() {
  const name = cpus()[0]?.model.trim() || 'a processor without a name';
  const flags = existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : '';
  const vectors = /\bavx512f\b/.test(flags) ? ', AVX-512' : /\bavx2\b/.test(flags) ? ', AVX2' : '';
  return `${name}, ${availableParallelism()} threads${vectors}`;
}

/** The table of all that was told, as Markdown. */
export function table(rows) {
  const header = ['work', 'peer', 'measured', 'spread', 'target', 'reached', ''];
  const cells = rows.map(({ name, peer, measured, spread = '', target = '', reached, note = '' }) => [
    name,
    peer,
    measured,
    spread,
    target,
    reached === undefined ? '' : reached ? 'yes' : 'no',
    note,
  ]);
  return [header, header.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** What was gathered in a file, in the order in which it was told. */
export function readRows(path) {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}

function tell(row) {
  const { name, peer, measured, spread, target, reached, note } = row;
  const parts = [
    `${name}, against ${peer}: ${measured}`,
    spread,
    note,
    target && `target ${target}, ${reached ? 'reached' : 'not reached'}`,
  ];
  console.log(parts.filter(Boolean).join('; '));
  const file = process.env.XINC_BENCH_ROWS;
  if (file) appendFileSync(file, `${JSON.stringify(row)}\n`);
}

/** The middle value, or the mean of the two in the middle. */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

function withUnit(value, unit) {
  return Number.isFinite(value) ? `${number(value)} ${unit}` : number(value);
}

/** Three digits that count; what never came about is infinite. */
function number(value) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'not a number' : 'never';
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
