import type { Group } from '@xinc/core';
import type { GroupNames } from './group-names.js';
import type { Survey } from './survey.js';

/** Classes of Cityscapes by id (cityscapesScripts, helpers/labels.py). Those up to 6 are of the category "void". */
const CLASSES =
  'unlabeled,ego vehicle,rectification border,out of roi,static,dynamic,ground,road,sidewalk,parking,rail track,building,wall,fence,guard rail,bridge,tunnel,pole,polegroup,traffic light,traffic sign,vegetation,terrain,sky,person,rider,car,truck,bus,caravan,trailer,train,motorcycle,bicycle'.split(
    ',',
  );
const LAST_VOID = 6;
const FIRST_THING = 24;
/** An instance is its class times this, plus its number. */
const INSTANCES = 1000;

/** What the values of a Cityscapes map stand for. */
export interface CityscapesIds {
  readonly names: GroupNames;
  readonly voids: readonly number[];
}

/**
 * The classes of `…_instanceIds.png` and `…_labelIds.png`: known by their names, instances also by their values.
 * `undefined` for maps that are neither.
 */
export function cityscapesIds(paths: readonly string[], survey: Survey): CityscapesIds | undefined {
  const values = [...survey.keys()].filter((value) => value !== 0);
  const isInstance = (value: number) => value >= FIRST_THING * INSTANCES && value < CLASSES.length * INSTANCES;
  if (!values.every((value) => isInstance(value) || (value > 0 && value < CLASSES.length))) return undefined;
  if (!paths.every((path) => /(instance|label)Ids\.png$/i.test(path)) && !values.some(isInstance)) return undefined;
  return {
    voids: values.filter((value) => value <= LAST_VOID),
    names: new Map(values.filter((value) => value > LAST_VOID).map((value) => [value, groupOf(value)])),
  };
}

/** The group of a pixel's value. A region of a class of things that has no instances is a group of several things. */
function groupOf(value: number): Partial<Group> {
  if (value >= INSTANCES) {
    const category = CLASSES[Math.floor(value / INSTANCES)];
    return { name: `${category} ${value}`, category, type: 'thing' };
  }
  const category = CLASSES[value];
  return { name: value >= FIRST_THING ? `${category} group` : category, category, type: 'stuff' };
}
