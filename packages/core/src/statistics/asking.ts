import { isObject, requireThat, show } from '../doors/breach.js';

/** How a statistic is asked for: what stands in a request. */
export interface Asking<Asked> {
  /** Whether this asks for anything. */
  wanted(asked: Asked): boolean;
  /** What serves all of these, each of which asks for something. */
  unite(asked: readonly Asked[]): Asked;
  /**
   * @param groupings names of those at hand
   * @throws Breach where a plugin asks for what cannot be
   */
  check(asked: unknown, name: string, groupings: readonly string[]): void;
  /** How a plugin's author writes it, after the statistic's name. */
  readonly example: string;
  /** Whether its value has an entry for each name that was asked for, and is there without any. */
  readonly byName?: true;
}

/** Wanted or not. */
export const SWITCH: Asking<boolean> = {
  wanted: (asked) => asked,
  unite: () => true,
  check: (asked, name) => requireThat(typeof asked === 'boolean', `it asks for ${name}: ${show(asked)}`),
  example: 'true',
};

/** By grouping. */
export const GROUPING_NAMES: Asking<readonly string[]> = {
  wanted: (asked) => asked.length > 0,
  unite: (asked) => [...new Set(asked.flat())],
  check(asked, name, groupings) {
    requireThat(Array.isArray(asked), `it asks for ${name}: ${show(asked)}`, 'Give names of groupings.');
    for (const grouping of asked) {
      requireThat(
        groupings.includes(grouping),
        `it asks for ${name} of ${show(grouping)}, and there is no such grouping`,
        `At hand: ${groupings.join(', ') || 'none'}.`,
      );
    }
  },
  example: '[the name of a grouping]',
  byName: true,
};

/** Shares of a layer's total, each in (0, 1). */
export interface Areas {
  readonly areas: readonly number[];
}

export const AREAS: Asking<Areas> = {
  wanted: ({ areas }) => areas.length > 0,
  unite: (asked) => ({ areas: [...new Set(asked.flatMap(({ areas }) => areas))].sort((a, b) => a - b) }),
  check(asked, name) {
    const areas = isObject(asked) ? asked.areas : undefined;
    const shares = Array.isArray(areas) && areas.every((area) => typeof area === 'number' && area > 0 && area < 1);
    requireThat(shares, `it asks for ${name} with areas ${show(areas)}`, 'Areas are between 0 and 1.');
  },
  example: '{ areas }',
};
