import stringWidth from 'string-width';

/** A command to type, at the end of a line: kept in one piece, so that it can be copied. */
const COMMAND = /(?<=^|[:;] )xinc [a-z].*$/;

/** Where a line may be broken: not between a number and its unit. */
const BREAK = / +(?!(?:%|dB|s|ms|min|h|kB|MB|GB)(?![\p{L}\p{N}]))| +(?<!\d )/u;

/**
 * Breaks lines at words so that each fits a terminal; what goes on is indented by two spaces more. A word that is wider
 * than the terminal, such as a path, is left to the terminal.
 * @param columns of the terminal
 */
export function wrap(text: string, columns: number): string {
  return text
    .split('\n')
    .map((line) => wrapLine(line, columns))
    .join('\n');
}

function wrapLine(line: string, columns: number): string {
  if (stringWidth(line) <= columns) return line;
  const indent = /^ */.exec(line)![0];
  const command = COMMAND.exec(line);
  const words = line.slice(indent.length, command?.index).split(BREAK).filter(Boolean);
  if (command) words.push(command[0]);
  const lines: string[] = [];
  let current = indent;
  let empty = true;
  for (const word of words) {
    if (!empty && stringWidth(current) + 1 + stringWidth(word) > columns) {
      lines.push(current);
      current = `${indent}  `;
      empty = true;
    }
    current += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, current].join('\n');
}

/** Cuts a text to a width, with an ellipsis where something is missing. */
export function truncate(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  let result = '';
  for (const character of text) {
    if (stringWidth(result + character) > columns - 1) break;
    result += character;
  }
  return columns > 0 ? `${result.trimEnd()}…` : '';
}

/** What a line that tells of progress has to say, the most important first. */
export interface ProgressParts {
  readonly title: string;
  /** From 0 to 1. */
  readonly share: number;
  /** `38 s left`; empty where it is not known. */
  readonly left: string;
  /** `frame 3, block2` */
  readonly note: string;
  /** `512/1000` */
  readonly count: string;
  /** `12.4 steps/s` */
  readonly rate: string;
}

const BAR_WIDTH = 24;
const LEAST_TITLE = 8;

/** A line of progress in its parts, of which the bar is to be coloured. */
export interface ProgressLine {
  readonly title: string;
  readonly bar: string;
  readonly text: string;
}

/**
 * A line that fits a terminal: how much is done and how long it takes yet always, then what there is room for. The title is
 * cut before any of these is.
 * @param columns of the terminal
 */
export function layOutProgress(parts: ProgressParts, columns: number): ProgressLine {
  const { title, share, left, note, count, rate } = parts;
  const percent = `${Math.floor(100 * Math.min(Math.max(share, 0), 1))} %`;
  // A terminal moves to the next line when its last column is written.
  const width = columns - 1;
  const texts = [percent, left].filter(Boolean);
  const join = (some: readonly string[]) => some.join(' · ');
  const titleWidth = Math.min(stringWidth(title), Math.max(LEAST_TITLE, width - 1 - stringWidth(join(texts))));
  const used = (some: readonly string[]) => titleWidth + 1 + stringWidth(join(some));
  for (const text of [note, count, rate]) {
    if (text !== '' && used([...texts, text]) <= width) texts.push(text);
  }
  const room = width - used(texts) - 1;
  const text = truncate(join(texts), width);
  const shownTitle = truncate(title, Math.min(titleWidth, width - 1 - stringWidth(text)));
  return { title: shownTitle, bar: room >= BAR_WIDTH / 3 ? bar(share, Math.min(BAR_WIDTH, room)) : '', text };
}

function bar(share: number, width: number): string {
  const full = Math.round(Math.min(Math.max(share, 0), 1) * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
}
