import type Type from 'typebox';
import Value from 'typebox/value';

/** What the schema library says is wrong with a value. Paths are JSON pointers. */
export type SchemaError = {
  readonly keyword: string;
  readonly schemaPath: string;
  readonly instancePath: string;
  readonly params: object;
  readonly message: string;
};

/** A union inside a union … of the deepest schema that we have is 4. */
const unionDepthMax = 8;

/**
 * Like `Value.Errors`, but where a value fits no branch of a union of objects, only the errors of
 * the branch that it means: a fault names the field and not the union.
 */
export const schemaErrors = (
  schema: Type.TSchema,
  value: unknown,
  depth = 0,
): readonly SchemaError[] => {
  const errors: readonly SchemaError[] = Value.Errors(schema, value);
  if (depth >= unionDepthMax) return errors;
  const told = new Set<string>();
  return errors.flatMap((error) => {
    const union = unionOf(error);
    if (union === undefined) return [withHint(schema, error)];
    const branches = branchesAt(schema, union.schemaPath);
    if (!branches.some(isObjectSchema)) return [error];
    if (told.has(union.instancePath)) return [];
    told.add(union.instancePath);
    const part = valueAt(value, union.instancePath);
    const meant = meantBranch(branches, part);
    if (meant === undefined) return [wrongKind(error, union, branches, part)];
    return schemaErrors(meant, part, depth + 1).map((inner) => ({
      ...inner,
      instancePath: union.instancePath + inner.instancePath,
    }));
  });
};

/** Puts what the schema says about the place of an error into its `params`. */
const withHint = (schema: Type.TSchema, error: SchemaError): SchemaError => {
  const steps = error.schemaPath.split('/').slice(1);
  const place = error.keyword === 'boolean' ? steps.slice(0, -1) : steps;
  const at = place.reduce<unknown>((found, step) => member(found, unescaped(step)), schema);
  if (error.keyword === 'pattern') {
    return { ...error, params: { ...error.params, description: member(at, 'description') } };
  }
  if (error.keyword !== 'boolean') return error;
  const known = Object.keys(member(at, 'properties') ?? {});
  const [pattern] = Object.keys(member(at, 'patternProperties') ?? {});
  return { ...error, params: { known, pattern } };
};

type Union = { readonly schemaPath: readonly string[]; readonly instancePath: string };

/** The outermost union that the error comes from. */
const unionOf = (error: SchemaError): Union | undefined => {
  const steps = error.schemaPath.split('/').slice(1);
  const parts = error.instancePath.split('/').slice(1);
  let taken = 0;
  for (let i = 0; i < steps.length; i += 1) {
    const step = steps[i] ?? '';
    if (step === 'anyOf' || (i === steps.length - 1 && error.keyword === 'anyOf')) {
      const length = step === 'anyOf' ? i : i + 1;
      const instance = parts.slice(0, step === 'anyOf' ? taken : parts.length);
      return { schemaPath: steps.slice(0, length), instancePath: pointer(instance) };
    }
    if (step === 'properties' || step === 'patternProperties') i += 1;
    if (deeper.has(step)) taken += 1;
  }
  return error.keyword === 'anyOf' && steps.length === 0
    ? { schemaPath: [], instancePath: '' }
    : undefined;
};
/** Steps of a schema that go one level down in the value. */
const deeper = new Set(['properties', 'patternProperties', 'items', 'additionalProperties']);
const pointer = (parts: readonly string[]): string => parts.map((part) => `/${part}`).join('');

const unescaped = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~');

const member = (holder: unknown, key: string): unknown =>
  typeof holder === 'object' && holder !== null ? Reflect.get(holder, key) : undefined;

const branchesAt = (schema: unknown, path: readonly string[]): readonly Type.TSchema[] => {
  const found = path.reduce((at, step) => member(at, unescaped(step)), schema);
  return flatBranches(found);
};
/** A union in a union is one union. */
const flatBranches = (schema: unknown): readonly Type.TSchema[] => {
  const branches = member(schema, 'anyOf');
  if (!Array.isArray(branches)) return [];
  return branches
    .filter(isSchema)
    .flatMap((branch) => ('anyOf' in branch ? flatBranches(branch) : [branch]));
};
const isSchema = (value: unknown): value is Type.TSchema =>
  typeof value === 'object' && value !== null;
const isObjectSchema = (schema: Type.TSchema): boolean => member(schema, 'type') === 'object';

const valueAt = (value: unknown, instancePath: string): unknown =>
  instancePath
    .split('/')
    .slice(1)
    .reduce((at, part) => member(at, unescaped(part)), value);

/** By its fixed values (`kind: lines`) first, then by the keys that are there. */
const meantBranch = (
  branches: readonly Type.TSchema[],
  value: unknown,
): Type.TSchema | undefined => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return branches.find((branch) => member(branch, 'type') === jsonType(value));
  }
  const ranked = branches
    .filter(isObjectSchema)
    .map((branch) => ({ branch, ...distance(branch, value) }))
    .toSorted((a, b) => a.fixed - b.fixed || a.keys - b.keys);
  const [best] = ranked;
  return best === undefined || (best.fixed > 0 && ranked.length > 1) ? undefined : best.branch;
};

const jsonType = (value: unknown): string => {
  if (Array.isArray(value)) return 'array';
  return value === null ? 'null' : typeof value;
};

const distance = (
  branch: Type.TSchema,
  value: object,
): { readonly fixed: number; readonly keys: number } => {
  const properties = member(branch, 'properties') ?? {};
  const names = Object.keys(properties);
  const required = member(branch, 'required');
  const fixed = names.filter((name) => {
    const expected = member(member(properties, name), 'const');
    return expected !== undefined && expected !== Reflect.get(value, name);
  });
  const unknown = Object.keys(value).filter((key) => !names.includes(key));
  const missing = Array.isArray(required) ? required.filter((key) => !(key in value)) : [];
  return { fixed: fixed.length, keys: unknown.length + missing.length };
};

const typeName = (branch: Type.TSchema): string => {
  const type = member(branch, 'type');
  return typeof type === 'string' ? type : 'a fixed value';
};

/** No branch is meant: what would tell them apart, or which kinds of value there are. */
const wrongKind = (
  error: SchemaError,
  union: Union,
  branches: readonly Type.TSchema[],
  value: unknown,
): SchemaError => {
  const fixed = branches.flatMap((branch) =>
    Object.entries(member(branch, 'properties') ?? {}).flatMap(([name, property]) => {
      const expected = member(property, 'const');
      return expected === undefined ? [] : [{ name, expected: JSON.stringify(expected) }];
    }),
  );
  const [first] = fixed;
  if (first === undefined || typeof value !== 'object' || value === null) {
    const kinds = branches.map(typeName);
    const message = `must be ${[...new Set(kinds)].join(' or ')}`;
    return { ...error, keyword: 'type', params: {}, instancePath: union.instancePath, message };
  }
  return {
    ...error,
    keyword: 'type',
    params: {},
    instancePath: first.name in value ? `${union.instancePath}/${first.name}` : union.instancePath,
    message:
      first.name in value
        ? `must be ${fixed.map(({ expected }) => expected).join(' or ')}`
        : `lacks ${first.name}: ${fixed.map(({ expected }) => expected).join(' or ')}`,
  };
};
