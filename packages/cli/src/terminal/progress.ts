import { formatDuration, printable, printableLines } from '@xinc/core/formats';
import type { Progress, TaskProgress } from '@xinc/runs';
import pc from 'picocolors';
import { layOutProgress, truncate, wrap } from './layout.js';
import { type Common, withOptions } from './options.js';

/** Tells people how far things are: a line that changes on a terminal, lines now and then elsewhere. On standard error. */
export interface ProgressDisplay extends Progress {
  /** The title of the task that is under way. */
  task(): string | undefined;
  /** Leaves the terminal tidy, whatever was going on. */
  close(): void;
}

const TERMINAL_INTERVAL = 100;
const PLAIN_INTERVAL = 10_000;

/** `--quiet`. */
export function createSilentDisplay(): ProgressDisplay {
  let task: string | undefined;
  return {
    begin(title) {
      task = title;
    },
    update() {},
    end() {
      task = undefined;
    },
    line() {},
    task: () => task,
    close() {},
  };
}

/** Columns of a terminal; `undefined` where lines are not to be broken, since the stream is none. */
function columnsOf(stream: NodeJS.WriteStream): number | undefined {
  // Some report no size, or 0.
  return stream.isTTY === true ? stream.columns || 80 : undefined;
}

/** Texts of libraries, files and plugins as a stream may show them: settings are called as options, nothing in them acts on the terminal, and lines fit it. */
export function shownOn(stream: NodeJS.WriteStream, text: string, common: Common = {}): string {
  const columns = columnsOf(stream);
  const safe = printableLines(withOptions(text, common));
  return columns === undefined ? safe : wrap(safe, columns);
}

/** @param common options that a command is to be repeated with */
export function createDisplay(common: Common = {}, stream: NodeJS.WriteStream = process.stderr): ProgressDisplay {
  const terminal = stream.isTTY === true;
  let task: { title: string; unit: string; start: number; first: number | null; shown: number } | null = null;
  let dirty = false;
  const columns = () => columnsOf(stream) ?? Number.POSITIVE_INFINITY;
  const clear = () => {
    if (dirty) stream.write('\r\x1b[2K');
    dirty = false;
  };
  return {
    begin(title, unit) {
      clear();
      task = { title: printable(title), unit, start: performance.now(), first: null, shown: performance.now() };
      if (!terminal) stream.write(`${task.title} …\n`);
      else {
        stream.write(truncate(`${task.title} …`, columns() - 1));
        dirty = true;
      }
    },
    update(progress) {
      if (!task) return;
      task.first ??= progress.done;
      const now = performance.now();
      if (now - task.shown < (terminal ? TERMINAL_INTERVAL : PLAIN_INTERVAL)) return;
      task.shown = now;
      const parts = describeProgress(
        task.title,
        progress,
        (progress.done - task.first) / ((now - task.start) / 1000),
        task.unit,
      );
      if (!terminal) {
        const { left, note, count, rate } = parts;
        stream.write(`${task.title}: ${[count, rate, note, left].filter(Boolean).join(' · ')}\n`);
      } else {
        clear();
        const { title, bar, text } = layOutProgress(parts, columns());
        stream.write([title, bar && pc.cyan(bar), text].filter(Boolean).join(' '));
        dirty = true;
      }
    },
    end(summary, outcome = 'done') {
      clear();
      task = null;
      const [mark, color] = outcome === 'done' ? ['✓', pc.green] : ['–', pc.yellow];
      const text = shownOn(stream, `${terminal ? `${mark} ` : ''}${summary}`, common);
      stream.write(`${terminal ? text.replace(mark, color) : text}\n`);
    },
    line(text) {
      clear();
      stream.write(`${shownOn(stream, text, common)}\n`);
    },
    task: () => task?.title,
    close() {
      clear();
      task = null;
    },
  };
}

const threeDigits = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

/** `512/1000`, `12.4 steps/s`, `26.31 dB`, `38 s left`. */
function describeProgress(title: string, progress: TaskProgress, rate: number, unit: string) {
  const { done, total, note = '', left = rate > 0 && done < total ? (total - done) / rate : undefined } = progress;
  return {
    title,
    share: done / total,
    count: `${done}/${total}`,
    // Done with what is counted, it is what comes after that takes time.
    rate: rate > 0 && done < total ? `${threeDigits.format(rate)} ${unit}/s` : '',
    note: printable(note),
    left: left === undefined ? '' : `${formatDuration(left)} left`,
  };
}
