import { shown } from './change.ts';

/** One place in which two plain trees differ. */
export type LeafChange = {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
};

const isTree = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Hexadecimal bytes mean the same with and without spaces. */
const normal = (value: unknown): unknown =>
  typeof value === 'string' && /^(?:[0-9A-Fa-f]{2} ?)+$/.test(value)
    ? value.replaceAll(' ', '').toUpperCase()
    : value;

export const leafChanges = (
  path: string,
  before: unknown,
  after: unknown,
): readonly LeafChange[] => {
  if (!isTree(before) || !isTree(after)) {
    return normal(before) === normal(after) ? [] : [{ path, before, after }];
  }
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) =>
    leafChanges(
      path === '' ? key : `${path}.${key}`,
      Object.hasOwn(before, key) ? Reflect.get(before, key) : undefined,
      Object.hasOwn(after, key) ? Reflect.get(after, key) : undefined,
    ),
  );
};

const listedMax = 3;

/** `fields.2.scale 0.1 → 0.01, … and 2 more` */
export const leafText = (changes: readonly LeafChange[]): string => {
  const texts = changes
    .slice(0, listedMax)
    .map(({ path, before, after }) => `${path} ${shown(before)} → ${shown(after)}`);
  const more = changes.length - listedMax;
  return `${texts.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};
