import Type from 'typebox';

/** Chosen, immutable id: campus, site, building, zone, door, gateway, device, profile. */
export const Id = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,39}$' });
/** Random id of an enrolled phone key: 8 bytes as 16 lower-case hex digits. */
export const CredentialId = Type.String({ pattern: '^[0-9a-f]{16}$' });
/** uuidv7 made in the app: person, card, sale, command, session, claim. */
export const Uuid = Type.String({
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$',
});
/** What a reader reads of a card, see `parseUid`: whole bytes as hex in upper case. */
export const Uid = Type.String({ pattern: '^(?:[0-9A-F]{2}){4,12}$' });
/** 8 random hex digits; a new one after every unclean start and for a new or restored journal. */
export const Epoch = Type.String({ pattern: '^[0-9a-f]{8}$' });
/** Position in one (gateway, epoch, stream): assigned at commit, from 1, without holes. */
export const Seq = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
/** A cursor: like Seq, but 0 means "nothing yet". */
export const Cursor = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

export const streams = ['main', 'urgent', 'telemetry'] as const;
export type Stream = (typeof streams)[number];
export const Stream = Type.Enum([...streams]);

/** Gateway ids that no box may carry. */
export const reservedGatewayIds: readonly string[] = ['cloud', 'claim'];

const idPattern = /^[a-z0-9][a-z0-9-]{0,39}$/;

export const isId = (text: string): boolean => idPattern.test(text);

export const isGatewayId = (text: string): boolean =>
  isId(text) && !reservedGatewayIds.includes(text);

export type EventRef = {
  readonly gateway: string;
  readonly epoch: string;
  readonly stream: Stream;
  readonly seq: number;
};

/** `gateway.epoch.stream.seq`; a decision's id is the id of its event. */
export const eventId = (ref: EventRef): string =>
  `${ref.gateway}.${ref.epoch}.${ref.stream}.${ref.seq}`;

/** The parts of an event id, or undefined where the text is not one. */
export const parseEventId = (text: string): EventRef | undefined => {
  const [gateway, epoch, stream, seqText, ...rest] = text.split('.');
  if (gateway === undefined || epoch === undefined || seqText === undefined) return undefined;
  if (rest.length > 0 || !isId(gateway) || !/^[0-9a-f]{8}$/.test(epoch)) return undefined;
  const known = streams.find((s) => s === stream);
  if (known === undefined || !/^[1-9][0-9]{0,15}$/.test(seqText)) return undefined;
  const seq = Number(seqText);
  return Number.isSafeInteger(seq) ? { gateway, epoch, stream: known, seq } : undefined;
};

/**
 * uuidv7 (RFC 9562 §5.7) from a time and 10 random bytes, both given: protocols/ has neither.
 * @param atMs unix milliseconds
 * @param random at least 10 bytes
 */
export const uuidv7 = (atMs: number, random: Uint8Array): string => {
  const bytes = new Uint8Array(16);
  let time = atMs;
  for (let i = 5; i >= 0; i -= 1) {
    bytes[i] = time % 256;
    time = Math.floor(time / 256);
  }
  bytes.set(random.subarray(0, 10), 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
};
