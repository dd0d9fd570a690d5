import type Type from 'typebox';
import Value from 'typebox/value';
import {
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
} from 'yaml';
import { nearestName } from './nearest-name.ts';
import { schemaErrors } from './schema-errors.ts';
import type { SchemaError } from './schema-errors.ts';

/** One thing wrong with a file, with the place where a person mends it. */
export type YamlFault = {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** `devices.0.port`; empty for the document. */
  readonly path: string;
  readonly message: string;
};

export type CheckedYaml<T> =
  | {
      readonly ok: true;
      readonly value: T;
      /** For what no schema can say: a fault at the value of this path (keys may hold dots). */
      readonly faultAt: (path: string | readonly string[], message: string) => YamlFault;
    }
  | { readonly ok: false; readonly faults: readonly YamlFault[] };

export const faultsMax = 20;
/** A configuration of 500 devices is 100 times smaller. */
export const yamlCharsMax = 4 * 1024 * 1024;

/**
 * Reads YAML 1.2 and checks it by a schema. Where the schema's objects are closed, unknown keys are
 * faults too: a misspelt option is never silently ignored. Aliases are refused: a short file must
 * not grow when it is read. Never throws, whatever the text.
 * @param file the name that the faults carry
 */
export const checkedYaml = <T extends Type.TSchema>(
  text: string,
  schema: T,
  file: string,
): CheckedYaml<Type.Static<T>> => {
  const whole = (message: string): CheckedYaml<Type.Static<T>> => ({
    ok: false,
    faults: [{ file, line: 1, column: 1, path: '', message }],
  });
  if (text.length > yamlCharsMax) return whole(`is longer than ${yamlCharsMax} characters`);
  try {
    const source = openSource(text, file);
    const broken = [...syntaxFaults(source), ...aliasFaults(source)];
    if (broken.length > 0) return { ok: false, faults: broken.slice(0, faultsMax) };
    if (source.document.contents === null) return whole('is empty');
    const value: unknown = source.document.toJS({ maxAliasCount: 0 });
    if (!Value.Check(schema, value)) return { ok: false, faults: schemaFaults(source, schema) };
    const faultAt = (path: string | readonly string[], message: string): YamlFault => {
      const parts = typeof path === 'string' ? path.split('.').filter((p) => p !== '') : path;
      const place = placeOf(source, parts, 'value');
      return { ...place, path: parts.join('.'), message };
    };
    return { ok: true, value, faultAt };
  } catch (error) {
    // The parser recurses: a file that is nested thousands deep ends here.
    return whole(`cannot be read: ${error instanceof Error ? error.message : 'unknown cause'}`);
  }
};

/** `file:line:column path message`, as editors and terminals understand it. */
export const faultText = (fault: YamlFault): string =>
  `${fault.file}:${fault.line}:${fault.column} ${fault.path} ${fault.message}`.replace('  ', ' ');

type Source = {
  readonly file: string;
  readonly document: Document;
  readonly lines: LineCounter;
};

const openSource = (text: string, file: string): Source => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, strict: true });
  return { file, document, lines };
};

type Place = Pick<YamlFault, 'file' | 'line' | 'column'>;

const placeAt = ({ file, lines }: Source, offset: number): Place => {
  const { line, col } = lines.linePos(offset);
  return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
};

const syntaxFaults = (source: Source): readonly YamlFault[] =>
  source.document.errors.slice(0, faultsMax).map((error) => ({
    ...placeAt(source, error.pos[0]),
    path: '',
    message: (error.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, ''),
  }));

const aliasFaults = (source: Source): readonly YamlFault[] => {
  const faults: YamlFault[] = [];
  visit(source.document, {
    Alias: (_key, node) => {
      const place = placeAt(source, node.range?.[0] ?? 0);
      faults.push({ ...place, path: '', message: 'aliases are refused: write the value again' });
      return faults.length < faultsMax ? undefined : visit.BREAK;
    },
  });
  return faults;
};

const schemaFaults = (source: Source, schema: Type.TSchema): readonly YamlFault[] => {
  const errors = schemaErrors(schema, source.document.toJS());
  const faults = errors.flatMap((error) => faultsOfError(source, errors, error));
  const once = new Map(faults.map((fault) => [faultText(fault), fault]));
  const sorted = [...once.values()].toSorted((a, b) => a.line - b.line || a.column - b.column);
  return sorted.slice(0, faultsMax);
};

const faultsOfError = (
  source: Source,
  errors: readonly SchemaError[],
  error: SchemaError,
): readonly YamlFault[] => {
  const path = pointerParts(error.instancePath);
  const at = (parts: readonly string[], where: 'key' | 'value', message: string): YamlFault => ({
    ...placeOf(source, parts, where),
    path: parts.join('.'),
    message,
  });
  // The library reports an unknown key as a value that no schema allows, then again at its parent.
  if (error.keyword === 'boolean') return [at(path, 'key', notHere(path.at(-1) ?? '', error))];
  const extra = textsIn(error.params, 'additionalProperties');
  if (error.keyword === 'additionalProperties') {
    const known = errors.find(
      ({ keyword, instancePath }) =>
        keyword === 'boolean' && instancePath.startsWith(`${error.instancePath}/`),
    );
    return extra.map((key) => at([...path, key], 'key', notHere(key, known ?? error)));
  }
  const missing = textsIn(error.params, 'requiredProperties');
  if (missing.length > 0) return missing.map((key) => at(path, 'value', `lacks ${key}`));
  const allowed = textsIn(error.params, 'allowedValues');
  if (allowed.length > 0) return [at(path, 'value', `must be one of ${allowed.join(', ')}`)];
  if (error.keyword === 'pattern') {
    const words: unknown = Reflect.get(error.params, 'description');
    return [at(path, 'value', typeof words === 'string' ? `must be ${words}` : error.message)];
  }
  const choices = choicesAt(errors, error.instancePath);
  return [at(path, 'value', choices === '' ? error.message : `must be ${choices}`)];
};

/** A key that the schema does not know, with the one that was meant. */
const notHere = (key: string, { params }: SchemaError): string => {
  const pattern: unknown = Reflect.get(params, 'pattern');
  if (typeof pattern === 'string') {
    return pattern.includes('\\.')
      ? 'must be a path such as state.lock'
      : 'cannot be a name: use letters and digits, a small letter first, such as doorState';
  }
  const meant = nearestName(key, textsIn(params, 'known'));
  return `is not an option here${meant === undefined ? '' : `: did you mean ${meant}?`}`;
};

/** `"entry" or "exit"` where the path takes only fixed values. */
const choicesAt = (errors: readonly SchemaError[], instancePath: string): string =>
  errors
    .filter((error) => error.instancePath === instancePath && error.keyword === 'const')
    .map(({ params }) => JSON.stringify(Reflect.get(params, 'allowedValue')))
    .join(' or ');

const textsIn = (params: object, name: string): readonly string[] => {
  const value: unknown = Reflect.get(params, name);
  return Array.isArray(value) ? value.filter((key) => typeof key === 'string') : [];
};

const pointerParts = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

/** Of the deepest node that the path reaches: a missing key is shown at its parent. */
const placeOf = (source: Source, path: readonly string[], where: 'key' | 'value'): Place => {
  const key = where === 'key' ? keyOffset(source.document, path) : undefined;
  if (key !== undefined) return placeAt(source, key);
  for (let length = path.length; length > 0; length -= 1) {
    const node = nodeAt(source.document, path.slice(0, length));
    if ((isMap(node) || isSeq(node) || isScalar(node)) && node.range) {
      return placeAt(source, node.range[0]);
    }
  }
  return placeAt(source, source.document.contents?.range?.[0] ?? 0);
};

const nodeAt = (document: Document, path: readonly string[]): unknown => {
  let node: unknown = document.contents;
  for (const part of path) {
    if (isMap(node)) node = node.get(part, true) ?? node.get(Number(part), true);
    else if (isSeq(node)) node = node.get(Number(part), true);
    else return undefined;
  }
  return isNode(node) ? node : undefined;
};

const keyOffset = (document: Document, path: readonly string[]): number | undefined => {
  const parent = nodeAt(document, path.slice(0, -1));
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === path.at(-1));
  return pair !== undefined && isScalar(pair.key) ? pair.key.range?.[0] : undefined;
};
