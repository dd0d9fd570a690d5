import type { Values } from '../compiled.ts';
import type { Vector } from '../language/vectors.ts';

/** What running one vector showed. Texts are for people. */
export type VectorResult = {
  /** Its place in the list of the profile. */
  readonly index: number;
  readonly binding: string;
  readonly source: string;
  /** `show`, `in 41 30`, `session forced door`. */
  readonly title: string;
  readonly ok: boolean;
  /** Where it failed: what the vector says, and what the codec did. */
  readonly expected: string | undefined;
  readonly got: string | undefined;
};

export type Gap = { readonly path: string; readonly why: string };

export type Coverage = {
  readonly needed: number;
  readonly covered: number;
  readonly missing: readonly Gap[];
};

export type VectorReport = {
  readonly results: readonly VectorResult[];
  readonly coverage: Coverage;
};

/** What one run found: undefined `failed` = it holds, and `hits` name what it proves. */
export type Run = {
  readonly failed: { readonly expected: string; readonly got: string } | undefined;
  readonly hits: readonly string[];
};

export const failure = (expected: string, got: string): Run => ({
  failed: { expected, got },
  hits: [],
});
export const success = (hits: readonly string[]): Run => ({ failed: undefined, hits });

/**
 * Keys of what a vector can prove, the same on both sides.
 * @param owner `messages.scan`, `registers`, `commands.open`
 */
export const hit = {
  value: (owner: string, path: string): string => `${owner} ${path}`,
  valueOf: (owner: string, path: string, value: unknown): string =>
    `${owner} ${path}=${String(value)}`,
  message: (name: string): string => `message ${name}`,
  command: (name: string): string => `command ${name}`,
  poll: (index: number): string => `poll ${index}`,
  error: (code: string): string => `error ${code}`,
} as const;

/** Hits of values: each path, and each item of a list. */
export const valueHits = (owner: string, values: Values): readonly string[] =>
  Object.entries(values).flatMap(([path, value]) => [
    hit.value(owner, path),
    ...(Array.isArray(value) ? value : [value]).map((item) => hit.valueOf(owner, path, item)),
  ]);

export const hexText = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(' ');

export const bytesOfHex = (text: string): Uint8Array =>
  Uint8Array.from(text.replaceAll(' ', '').match(/../g) ?? [], (pair) => parseInt(pair, 16));

/** What a vector says about each part of the model, as one line. */
export const outcomeText = (out: Vector['out']): string => {
  const lines = [
    ...parts('state', out?.state),
    ...parts('telemetry', out?.telemetry),
    ...Object.entries(out?.event ?? {}).map(
      ([name, fields]) => `${name}(${parts('', fields).join(', ')})`,
    ),
  ];
  return lines.length === 0 ? 'nothing' : lines.toSorted().join(', ');
};

const parts = (part: string, values: Readonly<Record<string, unknown>> | undefined) =>
  Object.entries(values ?? {})
    .map(([name, value]) => `${part === '' ? name : `${part}.${name}`} = ${JSON.stringify(value)}`)
    .toSorted();
