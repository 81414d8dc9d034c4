import { formatAddress, parseAddress } from './address.js';
import type { Setting, SettingGroup, SettingValues } from './setting.js';

/** Keys of plugins' settings begin so: their modules, and with them the settings, come after the address was read. */
const LATER = 'plugin:';

/** The value of a setting, followed where it is read. */
class Kept {
  readonly setting: Setting<unknown>;
  value = $state.raw<unknown>();

  constructor(setting: Setting<unknown>, text: string | undefined) {
    this.setting = setting;
    this.read(text);
  }

  read(text: string | undefined): void {
    const value = text === undefined ? undefined : this.setting.parse(text);
    this.value = value === undefined ? this.setting.initial : value;
  }

  /** `null` for what need not be said. */
  get text(): string | null {
    const text = this.setting.format(this.value);
    return text === this.setting.format(this.setting.initial) ? null : text;
  }
}

/** What a person chose, of the page and of each of its panels: everything that the page's address holds. */
export class Settings {
  /** By group, in the order in which they came. */
  #groups = $state.raw<ReadonlyMap<SettingGroup, SettingValues<SettingGroup>>>(new Map());
  #kept = $state.raw<ReadonlyMap<string, Kept>>(new Map());
  /** Values of settings that may yet come. */
  #texts: ReadonlyMap<string, string>;
  /** Whether all settings are there that do not come later. */
  #complete: boolean;

  /**
   * @param fragment of the address
   * @param groups settings that are there from the beginning
   */
  constructor(fragment: string, groups: readonly SettingGroup[]) {
    this.#texts = parseAddress(fragment);
    this.#complete = false;
    for (const group of groups) this.of(group);
    this.#complete = true;
    this.#texts = later(this.#texts, this.#kept);
  }

  /**
   * The values of a group, to be read, followed and set. Arrays and objects are replaced, not changed.
   * @throws Error where a key is taken, and for a group of the page that was not there from the beginning: the address would
   *   not bring its values back
   */
  of<G extends SettingGroup>(group: G): SettingValues<G> {
    const present = this.#groups.get(group);
    if (present) return present as SettingValues<G>;
    const values = {};
    const kept = new Map(this.#kept);
    for (const [field, setting] of Object.entries(group)) {
      if (kept.has(setting.key)) throw new Error(`Two settings are called '${setting.key}' in the page's address`);
      if (this.#complete && !setting.key.startsWith(LATER)) {
        throw new Error(`The setting '${setting.key}' is not among the \`settings\` of its panel`);
      }
      const one = new Kept(setting, this.#texts.get(setting.key));
      kept.set(setting.key, one);
      Object.defineProperty(values, field, {
        enumerable: true,
        get: () => one.value,
        set: (value) => {
          one.value = value;
        },
      });
    }
    this.#kept = kept;
    this.#groups = new Map([...this.#groups, [group, values]]);
    return values as SettingValues<G>;
  }

  /**
   * Takes what an address says; what it says nothing of, or nothing well-formed, is as in the beginning.
   * @param keys of the settings that are read; by default all
   */
  read(fragment: string, keys?: ReadonlySet<string>): void {
    const texts = parseAddress(fragment);
    for (const [key, kept] of this.#kept) if (!keys || keys.has(key)) kept.read(texts.get(key));
    if (!keys) this.#texts = later(texts, this.#kept);
  }

  /** The fragment of the address, without `#`: what differs from the beginning. */
  write(): string {
    const texts = [...this.#kept].flatMap(([key, { text }]) => (text === null ? [] : [[key, text] as const]));
    return formatAddress([...texts, ...later(this.#texts, this.#kept)]);
  }
}

function later(texts: ReadonlyMap<string, string>, kept: ReadonlyMap<string, Kept>): Map<string, string> {
  return new Map([...texts].filter(([key]) => key.startsWith(LATER) && !kept.has(key)));
}
