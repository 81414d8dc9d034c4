import { isObject, isPromise, show } from '../doors/breach.js';
import { XincError } from '../errors.js';
import { panelSettingProblem } from '../formats/panel-setting.js';

/** What is known here of an element of a page. */
interface Root {
  innerHTML: string;
}

export interface PanelCheckOptions {
  /** Makes an empty element to draw into: `() => document.createElement('div')`, in a browser or what stands for one. */
  readonly root: () => Root;
  /** What is on screen, a `PanelScene` of `@xinc/viewer-page` without its settings. By default nothing: no run, frame 0. */
  readonly scene?: object;
  /** Files of the run on screen, by path. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
  /** Texts that a person chooses, by setting. */
  readonly choices?: Readonly<Record<string, readonly string[]>>;
}

/** Texts that a link may hold. */
const OF_LINKS = ['0', '-1', '1e999', 'NaN', '<b>', '%00', 'undefined', 'x'.repeat(200)];
const NOTHING = { run: null, frame: 0, layer: null, neurons: [], theme: 'light' };

/**
 * Checks the browser module of a panel: its settings fit the page's address; what a person chooses is drawn the same after a reload;
 * texts of a link that mean nothing are met; it sets only settings that it names; and it can be taken down.
 * @param module what the module exports
 * @returns what it draws, by setting and choice
 * @throws XincError `plugin` that names the setting and its text
 */
export async function checkPanel(
  module: object,
  { root, scene = {}, files = {}, choices = {} }: PanelCheckOptions,
): Promise<Readonly<Record<string, Readonly<Record<string, string>>>>> {
  const { title, mount, settings = {} } = module as Readonly<Record<string, unknown>>;
  const named = typeof title === 'string' && title.trim() !== '';
  const fail = (problem: string, hint?: string, cause?: unknown) =>
    new XincError('plugin', `panel '${named ? title : 'without a title'}': ${problem}`, {
      ...(hint !== undefined && { hint }),
      ...(cause !== undefined && { cause }),
    });
  if (!named) throw fail(`its title is ${show(title)}`, "Export a text 'title', which the tab shows.");
  if (typeof mount !== 'function') throw fail("it exports no function 'mount'");
  if (!isObject(settings)) throw fail(`its settings are ${show(settings)}`, 'Export texts by name.');
  const initial = settings as Readonly<Record<string, string>>;
  const requireSetting = (name: string, text: unknown) => {
    if (!Object.hasOwn(initial, name)) {
      throw fail(`it sets '${name}', which is not among its settings`, 'A reload would lose it: name it in settings.');
    }
    const problem = panelSettingProblem(name, text);
    if (problem !== undefined) throw fail(`it sets ${show(text)}: ${problem}`);
  };
  for (const [name, text] of Object.entries(initial)) requireSetting(name, text);

  /** What is drawn of settings, the last of which came while it was there. */
  async function draw(what: string, ...told: readonly Readonly<Record<string, string>>[]): Promise<string> {
    const element = root();
    const listeners = new Set<(scene: object) => unknown>();
    let current = { ...NOTHING, ...scene, settings: told[0] };
    let wrong: unknown;
    const answers: unknown[] = [];
    const host = {
      follow(listener: (scene: object) => unknown) {
        listeners.add(listener);
        answers.push(listener(current));
        return () => listeners.delete(listener);
      },
      select: () => {},
      set(name: string, text: string) {
        try {
          requireSetting(name, text);
        } catch (error) {
          wrong ??= error;
        }
      },
      async file(path: string) {
        const bytes = files[path];
        if (!bytes) throw fail(`it reads '${path}', which is not among the files of the test`);
        return bytes.slice().buffer;
      },
    };
    try {
      const takeDown: unknown = await (mount as (root: Root, host: object) => unknown)(element, host);
      if (typeof takeDown !== 'function') {
        throw fail(`mount gives ${show(takeDown)}`, 'Give the function that takes the panel down.');
      }
      await Promise.all(answers.splice(0).filter(isPromise));
      for (const settings of told.slice(1)) {
        current = { ...current, settings };
        await Promise.all([...listeners].map((listener) => listener(current)));
      }
      if (wrong !== undefined) throw wrong;
      const drawn = element.innerHTML;
      await takeDown();
      return drawn;
    } catch (error) {
      if (error instanceof XincError && error.code === 'plugin') throw error;
      throw fail(`${what} it threw: ${error instanceof Error ? error.message : show(error)}`, undefined, error);
    }
  }

  const drawn: Record<string, Record<string, string>> = {};
  await draw('mounted,', initial);
  for (const [name, text] of Object.entries(initial)) {
    drawn[name] = {};
    for (const chosen of [text, ...(choices[name] ?? [])]) {
      requireSetting(name, chosen);
      const settings = { ...initial, [name]: chosen };
      const changed = await draw(`with ${name}=${chosen}`, initial, settings);
      const reloaded = await draw(`with ${name}=${chosen}`, settings);
      if (changed !== reloaded) {
        throw fail(
          `with ${name}=${chosen} it draws something else after a reload`,
          'Draw from the settings that follow gives, and keep nothing beside them.',
        );
      }
      drawn[name][chosen] = reloaded;
    }
    for (const link of OF_LINKS)
      await draw(`with ${name}=${link.slice(0, 20)} from a link`, { ...initial, [name]: link });
  }
  return drawn;
}
