import { compileFields, fieldsOfText, textFault, utf8 } from '@gatehouse/protocols';
import type { Value } from '@gatehouse/protocols';
import type { Args } from '../compiled.ts';
import type { AnswerTemplate, HttpPushBinding } from '../language/http-push.ts';

export type PushOutcome = 'granted' | 'denied' | 'accepted';

export type PushedAnswer = {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
};

type ContentType = HttpPushBinding['answers']['contentType'];
type Escape = {
  readonly write: (text: string) => string;
  /** Undefined where it is no such text. */
  readonly read: (text: string) => string | undefined;
};

const attempt = (run: () => unknown): string | undefined => {
  try {
    const value = run();
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
};

/** What a person or a policy wrote stays inside its value. */
const escapes: Readonly<Record<ContentType, Escape>> = {
  'application/json': {
    write: (text) => JSON.stringify(text).slice(1, -1),
    read: (text) => attempt(() => JSON.parse(`"${text}"`)),
  },
  'application/x-www-form-urlencoded': {
    write: encodeURIComponent,
    read: (text) => attempt(() => decodeURIComponent(text)),
  },
  'text/plain': { write: (text) => text, read: (text) => text },
};

export type AnswerCodec = {
  /** @param args by name; what the template names and nobody gave is empty */
  readonly write: (args: Args) => PushedAnswer;
  /** Undefined where it is another answer. */
  readonly read: (answer: Pick<PushedAnswer, 'status' | 'body'>) => Args | undefined;
  /** Names of the arguments that it shows. */
  readonly shows: readonly string[];
};

const argsPrefix = 'args.';
const controls = /[\u0000-\u001f\u007f-\u009f]/g;

/** @throws RangeError where the body is no template */
export const compileAnswer = (
  contentType: ContentType,
  { status = 200, body }: AnswerTemplate,
): AnswerCodec => {
  const escape = escapes[contentType];
  const fields = body === '' ? [] : fieldsOfText(body, () => 'utf8');
  const paths = fields.flatMap((field) =>
    'value' in field && field.value !== undefined ? [field.value] : [],
  );
  const codec = compileFields(fields);
  return {
    shows: paths.map((path) => path.slice(argsPrefix.length)),
    write: (args) => {
      const values = paths.map((path) => {
        const value: Value = args[path.slice(argsPrefix.length)] ?? '';
        const text = String(value).toWellFormed().replace(controls, ' ');
        return [path, escape.write(text)] as const;
      });
      const put = codec.encode(Object.fromEntries(values));
      const text = put.ok ? new TextDecoder().decode(put.bytes) : '';
      return { status, contentType, body: text };
    },
    read: (answer) => {
      if (answer.status !== status) return undefined;
      const got = codec.decode(utf8(answer.body));
      if (!got.ok) return undefined;
      const args: Record<string, Value> = {};
      for (const [path, value] of Object.entries(got.values)) {
        const text = typeof value === 'string' ? escape.read(value) : undefined;
        if (text === undefined) return undefined;
        args[path.slice(argsPrefix.length)] = text;
      }
      return args;
    },
  };
};

/** Names of the arguments that any of the answers shows; none of one that is no template. */
export const shownBy = ({ contentType, ...templates }: HttpPushBinding['answers']) =>
  [
    ...new Set(
      Object.values(templates).flatMap((template) =>
        textFault(template.body) === undefined ? compileAnswer(contentType, template).shows : [],
      ),
    ),
  ] as readonly string[];
