import Type from 'typebox';
import { Epoch, Id, Seq, Stream } from './ids.ts';
import { At } from './time.ts';

/** What one feed position stands for: an ingested batch, or a change made in the cloud. */
export const FeedItem = Type.Object({
  pos: Seq,
  at: At,
  what: Type.Union([
    Type.Object({
      kind: Type.Literal('batch'),
      gateway: Id,
      epoch: Epoch,
      stream: Stream,
      /** The range that this batch added: never what an earlier one had. */
      from: Seq,
      to: Seq,
    }),
    Type.Object({
      kind: Type.Literal('domain'),
      /** `noun.past`, for example `card.frozen`. */
      name: Type.String({ pattern: '^[a-z]+\\.[a-z_]+$' }),
      subject: Type.String({ maxLength: 120 }),
      data: Type.Record(Type.String(), Type.Unknown()),
    }),
    Type.Object({ kind: Type.Literal('twin'), gateway: Id }),
  ]),
});
export type FeedItem = Type.Static<typeof FeedItem>;
