import { type AnalysisPlugin, type InrPlugin, XincError } from '@xinc/core';
import { settingOf } from '@xinc/runs';
import type { ZodType } from 'zod';

/** What `--set` may set. */
export interface SettingOwners {
  readonly models: readonly InrPlugin[];
  readonly analyses: readonly AnalysisPlugin[];
}

/** What `--set` sets, decoded: no plugin sees the text of a command. */
export interface DecodedSettings {
  /** The settings of a model, by key; a key that nothing at hand has is there too, for the model to refuse. */
  ofModel(model: InrPlugin): Record<string, unknown>;
  /** Those of several models beside each other, in their order: a setting goes to each that has it. @throws XincError for one that none has */
  ofModels(models: readonly InrPlugin[]): Record<string, unknown>[];
  /** By analysis and key. */
  readonly analyses: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface Pair {
  /** The model or analysis that is named before the key, if one is. */
  readonly owner: string | undefined;
  readonly key: string;
  readonly text: string;
}

/**
 * The values of `--set`: `key=value` sets what the model or every analysis calls so, `objects.neurons=8` what one of them does.
 * A value is a number, `true` or `false`, a list (`0.2,0.3`), JSON or a text, whichever the setting takes.
 * @throws XincError `invalid-option`
 */
export function decodeSettings(set: readonly string[] = [], { models, analyses }: SettingOwners): DecodedSettings {
  const ofModel: Pair[] = [];
  const ofAnalyses: Record<string, Record<string, unknown>> = {};
  const pairs = set.map(parsePair);
  // What is said of one of them counts before what is said of all, whichever comes first.
  const ordered = [
    ...pairs.filter(({ owner }) => owner === undefined),
    ...pairs.filter(({ owner }) => owner !== undefined),
  ];
  for (const pair of ordered) {
    const { owner, key, text } = pair;
    const itsModels = models.filter(({ name, config }) =>
      owner === undefined ? settingOf(config, key) !== undefined : name === owner,
    );
    const itsAnalyses = analyses.filter(({ name, options }) =>
      owner === undefined ? settingOf(options, key) !== undefined : name === owner,
    );
    if (itsModels.length > 0 && itsAnalyses.length > 0) throw ambiguous(pair, [...itsModels, ...itsAnalyses]);
    if (itsModels.length === 0 && itsAnalyses.length === 0) {
      if (owner !== undefined || models.length === 0) throw unknown(pair, { models, analyses });
      ofModel.push(pair);
    }
    if (itsModels.length > 0) ofModel.push(pair);
    for (const { name, options } of itsAnalyses) {
      ofAnalyses[name] = { ...ofAnalyses[name], [key]: decodeValue(settingOf(options, key), text) };
    }
  }
  return {
    ofModel({ name, config }) {
      const other = ofModel.find(({ owner }) => owner !== undefined && owner !== name);
      if (other) {
        throw new XincError('invalid-option', `--set ${other.owner}.${other.key}: the model is '${name}'`, {
          subject: '--set',
          hint: `Choose the other with --model ${other.owner}, or leave this out.`,
        });
      }
      return Object.fromEntries(ofModel.map(({ key, text }) => [key, decodeValue(settingOf(config, key), text)]));
    },
    ofModels(beside) {
      const takes = ({ name, config }: InrPlugin, { owner, key }: Pair) =>
        owner === undefined ? settingOf(config, key) !== undefined : name === owner;
      const lost = ofModel.find((pair) => !beside.some((model) => takes(model, pair)));
      if (lost) {
        throw new XincError('invalid-option', `--set ${lost.key}: none of the models has such a setting`, {
          subject: '--set',
          hint: 'xinc plugins lists all settings.',
        });
      }
      return beside.map((model) => {
        const own = ofModel.filter((pair) => takes(model, pair));
        return Object.fromEntries(own.map(({ key, text }) => [key, decodeValue(settingOf(model.config, key), text)]));
      });
    },
    analyses: ofAnalyses,
  };
}

function parsePair(pair: string): Pair {
  const match = /^\s*(?:([a-z][a-z0-9-]*)\.)?([^=]+?)\s*=(.*)$/s.exec(pair);
  if (match) return { owner: match[1], key: match[2], text: match[3].trim() };
  throw new XincError('invalid-option', `--set ${pair}: there is no '='`, {
    subject: '--set',
    hint: 'Write --set key=value.',
  });
}

function ambiguous({ key, text }: Pair, owners: readonly { readonly name: string }[]): XincError {
  return new XincError(
    'invalid-option',
    `--set ${key}: ${owners.map(({ name }) => name).join(' and ')} have such a setting`,
    { subject: '--set', hint: `Say whose it is: --set ${owners.at(-1)!.name}.${key}=${text}.` },
  );
}

function unknown({ owner, key }: Pair, { models, analyses }: SettingOwners): XincError {
  const problem =
    owner === undefined
      ? `--set ${key}: no analysis that is asked for has such a setting`
      : `--set ${owner}.${key}: there is no ${models.length > 0 ? 'model or ' : ''}analysis '${owner}' among those asked for`;
  const known = [...models, ...analyses].map(({ name }) => name).sort();
  return new XincError('invalid-option', problem, {
    subject: '--set',
    hint:
      owner === undefined ? 'xinc plugins lists all settings.' : `Known: ${known.join(', ')}. xinc plugins lists them.`,
  });
}

/**
 * A text as the first of what it can be that the setting takes. Where it takes none: what the text is by itself, a number, JSON or a
 * text, for the schema to refuse with its reason.
 * @param setting its schema; `undefined` where it is not known
 */
export function decodeValue(setting: ZodType | undefined, text: string): unknown {
  if (setting === undefined) return text;
  const found = [...readings(setting, text), text].find((value) => takes(setting, value));
  if (found !== undefined) return found;
  if (numeric(text)) return Number(text);
  return /^[[{]/.test(text) ? (parsed(text) ?? text) : text;
}

const takes = (setting: ZodType, value: unknown): boolean => setting.safeParse(value).success;

const numeric = (text: string): boolean => text !== '' && Number.isFinite(Number(text));

/** What a text can be beside itself, likeliest first. */
function* readings(setting: ZodType, text: string): Generator<unknown> {
  if (numeric(text)) yield Number(text);
  // A setting that is a number converts true to 1: that is not what was written.
  if ((text === 'true' || text === 'false') && !takes(setting, 1)) yield text === 'true';
  const json = /^[[{"]/.test(text) ? parsed(text) : undefined;
  if (json !== undefined) yield json;
  const items = text.split(',').map((item) => item.trim());
  if (items.every((item) => item !== '')) yield items.map((item) => (numeric(item) ? Number(item) : item));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
