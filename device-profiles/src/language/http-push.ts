import { FieldName, ValuePath } from '@gatehouse/protocols';
import Type from 'typebox';
import { namedEntries } from './named-entries.ts';

const closed = { additionalProperties: false } as const;

/** A field as the device calls it; in JSON, dots lead into objects: `data.code`. */
const WireField = Type.String({ pattern: '^[A-Za-z0-9_-]{1,40}(\\.[A-Za-z0-9_-]{1,40}){0,3}$' });
/** A token of RFC 9110 §5.6.2, as far as devices use it. */
const HeaderName = Type.String({ pattern: '^[A-Za-z0-9-]{1,60}$' });

/** A request is the first message of the file whose `when` and fields are all there. */
const PushedMessage = Type.Object(
  {
    /** Only where these fields have these values. */
    when: Type.Optional(
      namedEntries(WireField, Type.Union([Type.String(), Type.Number(), Type.Boolean()]), {
        maxProperties: 8,
      }),
    ),
    /** Field → where its value belongs. What is not listed, such as a clock, is not read. */
    fields: Type.Optional(namedEntries(WireField, ValuePath, { maxProperties: 32 })),
    emit: Type.Optional(FieldName),
  },
  closed,
);
export type PushedMessage = Type.Static<typeof PushedMessage>;

/** `{args.text}` in the body is what the answer shows; `{{` and `}}` stand for braces. */
const AnswerTemplate = Type.Object(
  {
    /** 200 where left out. */
    status: Type.Optional(Type.Integer({ minimum: 200, maximum: 599 })),
    body: Type.String({ maxLength: 512 }),
  },
  closed,
);
export type AnswerTemplate = Type.Static<typeof AnswerTemplate>;

/**
 * A head on the network that sends what it reads by HTTP and acts on the answer. It can be told
 * nothing but that: `reader.show` and `door.open_…` of the model travel in the answer to a scan.
 */
export const HttpPushBinding = Type.Object(
  {
    transport: Type.Literal('http-push'),
    body: Type.Enum(['json', 'form', 'query']),
    /** Where the secret of the device stands; its value is set where it is installed. */
    secret: Type.Object(
      { in: Type.Enum(['header', 'query', 'body']), name: Type.Union([WireField, HeaderName]) },
      closed,
    ),
    /** A field that is the same when the head repeats a request, and another in the next one. */
    id: Type.Optional(WireField),
    messages: namedEntries(FieldName, PushedMessage, { minProperties: 1, maxProperties: 32 }),
    answers: Type.Object(
      {
        contentType: Type.Enum([
          'application/json',
          'application/x-www-form-urlencoded',
          'text/plain',
        ]),
        granted: AnswerTemplate,
        denied: AnswerTemplate,
        /** To what is no scan. */
        accepted: Type.Optional(AnswerTemplate),
      },
      closed,
    ),
    /** A scan that is not decided by then is answered as denied. */
    answerWithinMs: Type.Integer({ minimum: 100, maximum: 3_000 }),
    /** A head that says nothing for three times this long is silent. */
    heartbeatMs: Type.Optional(Type.Integer({ minimum: 1_000, maximum: 3_600_000 })),
  },
  closed,
);
export type HttpPushBinding = Type.Static<typeof HttpPushBinding>;
