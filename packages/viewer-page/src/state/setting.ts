import { isAddressText } from '@xinc/core/formats';

/**
 * A choice of a person that survives a reload: a part of the page's address, and the two ways between its value and its text.
 * Links come from anyone: a text that is malformed is as good as none.
 */
export interface Setting<T> {
  /** In the address: `key=text`. No two settings of the page share one. */
  readonly key: string;
  /** Until a person chooses another. */
  readonly initial: T;
  /** `null` where there is nothing to say. */
  format(value: T): string | null;
  /** `undefined` for a malformed text. */
  parse(text: string): T | undefined;
}

/** Settings by the names that the code has for them. */
export type SettingGroup = Readonly<Record<string, Setting<unknown>>>;

/** The values of a group of settings. */
export type SettingValues<G extends SettingGroup> = {
  -readonly [K in keyof G]: G[K] extends Setting<infer T> ? T : never;
};

/** One of a few texts. */
export function choice<const T extends string, const I extends T | null>(
  key: string,
  choices: readonly T[],
  initial: I,
): Setting<T | I> {
  return { key, initial, format: (value) => value, parse: (text) => choices.find((one) => one === text) };
}

/** A printable text of up to 200 characters: what runs, layers, groupings, panels and analyses are named by. */
export function name<I extends string | null>(key: string, initial: I): Setting<string | I> {
  return { key, initial, format: (value) => value, parse: (text) => (isAddressText(text) ? text : undefined) };
}

/** A whole number in [0, 10⁷). */
export function count<I extends number | null>(key: string, initial: I): Setting<number | I> {
  return {
    key,
    initial,
    format: (value) => (value === null ? null : String(value)),
    parse: (text) => wholes(text, 1)?.[0],
  };
}

/** A share in [low, high], in the address in percent. */
export function percent(
  key: string,
  initial: number,
  [low, high]: readonly [number, number] = [0, 1],
): Setting<number> {
  return {
    key,
    initial,
    format: (value) => String(Math.round(100 * value)),
    parse: (text) => {
      const value = (wholes(text, 1)?.[0] ?? Number.NaN) / 100;
      return value >= low && value <= high ? value : undefined;
    },
  };
}

/** Yes or no, in the address as one of two words. */
export function flag(
  key: string,
  initial: boolean,
  { yes, no }: { readonly yes: string; readonly no: string },
): Setting<boolean> {
  return {
    key,
    initial,
    format: (value) => (value ? yes : no),
    parse: (text) => (text === yes ? true : text === no ? false : undefined),
  };
}

/** Whole numbers in [0, 10⁷), separated by commas; `undefined` for anything else, and for another count than is expected. */
export function wholes(text: string, expected?: number): number[] | undefined {
  if (!/^\d{1,7}(,\d{1,7})*$/.test(text)) return undefined;
  const values = text.split(',').map(Number);
  return expected === undefined || values.length === expected ? values : undefined;
}
