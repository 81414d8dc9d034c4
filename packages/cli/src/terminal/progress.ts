import pc from 'picocolors';

/** How far a task is. */
interface Progress {
  readonly done: number;
  readonly total: number;
  /** What to show beside the bar: "26.31 dB". */
  readonly note?: string;
}

/** Tells people how far things are: a line that changes on a terminal, lines now and then elsewhere. On standard error. */
export interface ProgressDisplay {
  /** Begins a task; the one before has ended. `unit` is what is counted ("steps"). */
  begin(title: string, unit: string): void;
  update(progress: Progress): void;
  /** Ends the task with a line that stays. */
  end(summary: string): void;
  /** A line of its own. */
  line(text: string): void;
  /** Leaves the terminal tidy, whatever was going on. */
  close(): void;
}

const TERMINAL_INTERVAL = 100;
const PLAIN_INTERVAL = 10_000;
const BAR_WIDTH = 24;

/** `--quiet`. */
export const silentDisplay: ProgressDisplay = { begin() {}, update() {}, end() {}, line() {}, close() {} };

export function createDisplay(stream: NodeJS.WriteStream = process.stderr): ProgressDisplay {
  const terminal = stream.isTTY === true;
  let task: { title: string; unit: string; start: number; first: number | null; shown: number } | null = null;
  let dirty = false;
  const clear = () => {
    if (dirty) stream.write('\r\x1b[2K');
    dirty = false;
  };
  return {
    begin(title, unit) {
      clear();
      task = { title, unit, start: performance.now(), first: null, shown: performance.now() };
      if (!terminal) stream.write(`${title} …\n`);
      else {
        stream.write(`${title} …`);
        dirty = true;
      }
    },
    update(progress) {
      if (!task) return;
      task.first ??= progress.done;
      const now = performance.now();
      if (now - task.shown < (terminal ? TERMINAL_INTERVAL : PLAIN_INTERVAL)) return;
      task.shown = now;
      const rate = (progress.done - task.first) / ((now - task.start) / 1000);
      const text = describeProgress(progress, rate, task.unit);
      if (!terminal) stream.write(`${task.title}: ${text}\n`);
      else {
        clear();
        const line = `${task.title} ${pc.cyan(bar(progress.done / progress.total))} ${text}`;
        stream.write(fit(line, stream.columns ?? 80));
        dirty = true;
      }
    },
    end(summary) {
      clear();
      task = null;
      stream.write(`${terminal ? pc.green('✓ ') : ''}${summary}\n`);
    },
    line(text) {
      clear();
      stream.write(`${text}\n`);
    },
    close() {
      clear();
      task = null;
    },
  };
}

const threeDigits = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

/** `512/1000 · 12.4 steps/s · 26.31 dB · 38 s left`. */
function describeProgress({ done, total, note }: Progress, rate: number, unit: string): string {
  const left = rate > 0 ? `${formatDuration((total - done) / rate)} left` : '';
  const parts = [`${done}/${total}`, rate > 0 ? `${threeDigits.format(rate)} ${unit}/s` : '', note ?? '', left];
  return parts.filter((part) => part !== '').join(' · ');
}

/** `38 s`, `2 min 05 s`, `1 h 20 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}

function bar(share: number): string {
  const full = Math.round(Math.min(Math.max(share, 0), 1) * BAR_WIDTH);
  return '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full);
}

/** Cuts a line to the terminal's width, colour codes not counted, so that it never wraps. */
function fit(line: string, columns: number): string {
  let visible = 0;
  let result = '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with the escape character
  for (const part of line.split(/(\x1b\[\d+m)/)) {
    if (part.startsWith('\x1b[')) result += part;
    else {
      result += part.slice(0, Math.max(0, columns - 1 - visible));
      visible += part.length;
    }
  }
  return result;
}
