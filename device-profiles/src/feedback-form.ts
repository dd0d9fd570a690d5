/**
 * The line by which a gateway makes a scanner head light, beep and show a text: a profile's form
 * such as `LAMP {lamp};TONE {tone};TEXT {text}`, written by the driver, read by the simulator.
 */
const fieldNames = ['lamp', 'tone', 'text'] as const;
export type FeedbackField = (typeof fieldNames)[number];
export type Feedback = Readonly<Partial<Record<FeedbackField, string>>>;

type Part = { readonly literal: string } | { readonly field: FeedbackField };

/** @returns what is wrong with a form, in words; undefined where it can be filled and read back */
export const feedbackFormFault = (form: string): string | undefined => {
  const names = [...form.matchAll(/\{([^{}]*)\}/g)].map(([, name]) => name);
  const unknown = names.find((name) => !fieldNames.some((known) => known === name));
  if (unknown !== undefined) return `{${unknown}} is unknown: use {lamp}, {tone} or {text}`;
  if (new Set(names).size < names.length) return 'fills a field twice';
  if (/[\p{Cc}]/u.test(form)) return 'holds a control character';
  return /\}\{/.test(form) ? 'needs text between two fields' : undefined;
};

/** Without the line's end. Control characters in a value become spaces: they could end it. */
export const writeFeedback = (form: string, feedback: Feedback): string =>
  partsOf(form)
    .map((part) => ('literal' in part ? part.literal : (feedback[part.field] ?? '')))
    .join('')
    .replaceAll(/\p{Cc}/gu, ' ');

/** @returns the fields, or undefined where the line is not of this form */
export const readFeedback = (form: string, line: string): Feedback | undefined => {
  const parts = partsOf(form);
  const found: Partial<Record<FeedbackField, string>> = {};
  let rest = line;
  for (const [index, part] of parts.entries()) {
    if ('literal' in part) {
      if (!rest.startsWith(part.literal)) return undefined;
      rest = rest.slice(part.literal.length);
      continue;
    }
    const next = parts[index + 1];
    const end = next !== undefined && 'literal' in next ? rest.indexOf(next.literal) : rest.length;
    if (end < 0) return undefined;
    found[part.field] = rest.slice(0, end);
    rest = rest.slice(end);
  }
  return rest === '' ? found : undefined;
};

const partsOf = (form: string): readonly Part[] =>
  form
    .split(/(\{(?:lamp|tone|text)\})/)
    .filter((piece) => piece !== '')
    .map((piece) => {
      const field = fieldNames.find((name) => piece === `{${name}}`);
      return field === undefined ? { literal: piece } : { field };
    });
