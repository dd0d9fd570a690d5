import type { Field, FieldType, PlainField } from './field.ts';

/** `until` holds so many characters; the rest of a longer text is read as a constant. */
const untilCharsMax = 16;
const pathPattern = /^(state|telemetry|event|args|params)\.[a-z][a-zA-Z0-9]{0,39}$/;

type Part = { readonly text: string } | { readonly path: string };
type Parts = { readonly parts: readonly Part[] } | { readonly fault: string };

const textTypes: readonly FieldType[] = ['text', 'utf8', 'digits', 'hexdigits'];

/** `{{` and `}}` stand for braces. */
const partsOf = (template: string): Parts => {
  const parts: Part[] = [];
  let text = '';
  for (let at = 0; at < template.length;) {
    const char = template.charAt(at);
    const isDouble = template.charAt(at + 1) === char;
    if ((char === '{' || char === '}') && isDouble) {
      text += char;
      at += 2;
    } else if (char === '{') {
      const close = template.indexOf('}', at);
      const path = template.slice(at + 1, close < 0 ? undefined : close);
      if (close < 0 || !pathPattern.test(path)) return { fault: `{${path}} names no value` };
      if (text !== '') parts.push({ text });
      else if (parts.length > 0) return { fault: `nothing stands between {…} and {${path}}` };
      parts.push({ path });
      text = '';
      at = close + 1;
    } else if (char === '}') {
      return { fault: 'a } closes nothing' };
    } else {
      text += char;
      at += 1;
    }
  }
  if (text !== '') parts.push({ text });
  return parts.length === 0 ? { fault: 'the text is empty' } : { parts };
};

/** What is wrong with a template, for whoever wrote it. */
export const textFault = (template: string): string | undefined => {
  const parsed = partsOf(template);
  if ('fault' in parsed) return parsed.fault;
  const written = parsed.parts.map((part) => ('text' in part ? part.text : '')).join('');
  return /[\u0000-\u001f\u007f]/.test(written)
    ? 'a control character stands in the text'
    : undefined;
};

const constant = (text: string): PlainField => ({ type: 'utf8', const: text });

/**
 * Fields of a line such as `LAMP {args.lamp};T={telemetry.temperature}`. A value ends where the
 * text behind it begins; the last one takes the rest.
 * @param typeOf what a path holds: `text` (printable ASCII), `utf8`, `digits` or `hexdigits`
 * @throws RangeError where `textFault` names a fault
 */
export const fieldsOfText = (
  template: string,
  typeOf: (path: string) => FieldType = () => 'text',
): readonly Field[] => {
  const parsed = partsOf(template);
  if ('fault' in parsed) throw new RangeError(parsed.fault);
  const { parts } = parsed;
  return parts.flatMap((part, index): readonly Field[] => {
    if ('text' in part) {
      // Read over already where it ends a value.
      const left = index === 0 ? part.text : [...part.text].slice(untilCharsMax).join('');
      return left === '' ? [] : [constant(left)];
    }
    const type = typeOf(part.path);
    if (!textTypes.includes(type)) throw new RangeError(`${type} is no type of text`);
    const next = parts[index + 1];
    if (next === undefined) return [{ type, value: part.path, length: 'rest' }];
    const until = 'text' in next ? [...next.text].slice(0, untilCharsMax).join('') : '';
    return [{ type, value: part.path, until }];
  });
};
