import { fieldsOfText, textFault } from '@gatehouse/protocols';
import type { Field, FieldType } from '@gatehouse/protocols';
import type { Model } from '../language/model.ts';
import { entryAt, scalarType, splitPath } from '../language/values.ts';
import type { Scope } from '../language/values.ts';

export type Content = { readonly fields?: readonly Field[]; readonly text?: string };

/** The fields of what is sent or received; none where a text is no template. */
export const contentFields = (model: Model, content: Content, scope: Scope): readonly Field[] => {
  const { fields, text } = content;
  if (fields !== undefined) return fields;
  if (text === undefined || textFault(text) !== undefined) return [];
  return fieldsOfText(text, (path) => textType(model, path, scope));
};

/** Devices send ASCII; what we show on them may be Chinese. */
const textType = (model: Model, path: string, scope: Scope): FieldType => {
  const entry = entryAt(model, path, scope);
  const type = entry === undefined ? 'text' : scalarType(entry);
  if (type === 'number' || type === 'integer') return 'digits';
  return splitPath(path).part === 'args' ? 'utf8' : 'text';
};
