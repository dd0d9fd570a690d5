import { isMap, isSeq, parseDocument, stringify } from 'yaml';
import type { Vector } from '../language/vectors.ts';

/** As they stand in a profile, each in one flow mapping or, where it is long, in a block. */
export const vectorsText = (vectors: readonly Vector[]): string =>
  stringify(vectors, { lineWidth: 100 }).trimEnd();

const indented = (text: string, columns: number): string =>
  text.replaceAll(/^(?=.)/gm, ' '.repeat(columns));

/**
 * The text of a profile with more vectors at the end of its list. Nothing else moves: comments and
 * shape are the author's.
 * @returns undefined where the text has no list of vectors
 */
export const withVectors = (text: string, vectors: readonly Vector[]): string | undefined => {
  const { contents } = parseDocument(text);
  const list: unknown = isMap(contents) ? contents.get('vectors', true) : undefined;
  if (!isSeq(list) || !list.range) return undefined;
  const [from, valueTo] = list.range;
  if (list.flow === true) {
    if (list.items.length > 0) return undefined;
    const block = `\n${indented(vectorsText(vectors), 2)}`;
    return `${text.slice(0, from).trimEnd()}${block}${text.slice(valueTo)}`;
  }
  const column = from - (text.lastIndexOf('\n', from - 1) + 1);
  const head = text.slice(0, valueTo).trimEnd();
  const rest = text.slice(head.length).replace(/^\n/, '');
  return `${head}\n${indented(vectorsText(vectors), column)}\n${rest}`;
};
