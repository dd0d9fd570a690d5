import type { Scalar } from '@gatehouse/protocols';
import type { HttpPushBinding } from '../language/http-push.ts';

/** What a request carries, by the device's own names. */
export type PushedFields = {
  /** Undefined where it is absent, or no single value. */
  readonly get: (name: string) => Scalar | undefined;
};

type BodyKind = HttpPushBinding['body'];

/** Deeper JSON is refused before anybody walks through it. */
const jsonDepthMax = 8;

/** Undefined where the text is not of this kind, or names a field twice. */
export const pushedFields: Readonly<Record<BodyKind, (text: string) => PushedFields | undefined>> =
  {
    json: (text) => {
      const root = parsed(text);
      if (!isObject(root) || isDeeper(root, jsonDepthMax)) return undefined;
      return { get: (name) => scalarOf(name.split('.').reduce(inner, root)) };
    },
    form: (text) => formFields(text),
    query: (text) => formFields(text),
  };

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isDeeper = (value: unknown, depth: number): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((one) => isDeeper(one, depth - 1));
};

const inner = (value: unknown, key: string): unknown =>
  isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;

const scalarOf = (value: unknown): Scalar | undefined => {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  // A longer number has lost its last digits already.
  const isExact = typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER;
  return isExact ? value : undefined;
};

const formFields = (text: string): PushedFields | undefined => {
  const found = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (found.has(name)) return undefined;
    found.set(name, value);
  }
  return { get: (name) => found.get(name) };
};
