import Type from 'typebox';

type Bounds = { readonly minProperties?: number; readonly maxProperties?: number };

/** A pattern of names alone would let any other name pass, with anything behind it. */
export const namedEntries = <Key extends Type.TString, Entry extends Type.TSchema>(
  key: Key,
  entry: Entry,
  bounds: Bounds = {},
) => Type.Record(key, entry, { ...bounds, additionalProperties: false });
