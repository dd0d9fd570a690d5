import { compileFields } from '@gatehouse/protocols';
import type { CodecFault, Field, FrameGeometry, Scalar, Value } from '@gatehouse/protocols';
import type { Args, Values } from '../compiled.ts';
import { isList, scalarType, valueFault } from '../language/values.ts';
import type { ValueEntry } from '../language/values.ts';

/** Fields whose values are those of the model: of its types and inside its bounds. */
export type ModelCodec = {
  readonly read: (
    bytes: Uint8Array,
  ) => { readonly ok: true; readonly values: Values } | (Refusal & { readonly ok: false });
  /** @param values by path */
  readonly write: (
    values: Values,
  ) => { readonly ok: true; readonly bytes: Uint8Array } | (Refusal & { readonly ok: false });
};
/** @param at the value's path, or a place in the list of fields */
type Refusal = { readonly fault: CodecFault; readonly at: string };

export const createModelCodec = (options: {
  readonly fields: readonly Field[];
  readonly geometry?: FrameGeometry;
  /** What the value of a path may be; undefined where nobody asks. */
  readonly entryOf: (path: string) => ValueEntry | undefined;
  readonly params: Args;
}): ModelCodec => {
  const { fields, geometry, params } = options;
  const entryOf = remembered(options.entryOf);
  const isParam = remembered((path) => path.startsWith('params.'));
  const codec = compileFields(fields, geometry === undefined ? {} : { geometry });
  const withParams = Object.fromEntries(
    Object.entries(params).map(([name, value]) => [`params.${name}`, value]),
  );
  return {
    read: (bytes) => {
      const got = codec.decode(bytes, { params });
      if (!got.ok) return got;
      const values: Record<string, Value> = {};
      for (const path of Object.keys(got.values)) {
        const raw = got.values[path];
        if (raw === undefined || isParam(path)) continue;
        const entry = entryOf(path);
        const value = entry === undefined ? raw : modelValue(entry, raw);
        if (entry !== undefined && valueFault(entry, value) !== undefined) {
          const fault = scalarType(entry) === 'enum' ? 'unknown_value' : 'out_of_range';
          return { ok: false, fault, at: path };
        }
        values[path] = value;
      }
      return { ok: true, values };
    },
    write: (values) => codec.encode({ ...withParams, ...values }),
  };
};

/** A frame names the same few paths again and again. */
export const remembered = <T>(find: (path: string) => T): ((path: string) => T | undefined) => {
  const known = new Map<string, T>();
  return (path) => {
    if (!known.has(path)) known.set(path, find(path));
    return known.get(path);
  };
};

/** A bit is a boolean where the model says so, digits inside a text a number. */
const modelValue = (entry: ValueEntry, raw: Value): Value =>
  isList(raw) ? raw.map((item) => modelScalar(entry, item)) : modelScalar(entry, raw);

const decimal = /^[+-]?[0-9]+(\.[0-9]+)?$/;

const modelScalar = (entry: ValueEntry, raw: Scalar): Scalar => {
  const type = scalarType(entry);
  if (type === 'boolean' && (raw === 0 || raw === 1)) return raw === 1;
  const isNumber = type === 'number' || type === 'integer';
  return isNumber && typeof raw === 'string' && decimal.test(raw) ? Number(raw) : raw;
};
