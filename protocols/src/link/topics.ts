import { isGatewayId } from '../ids.ts';

/**
 * MQTT topics between gateway and cloud. MQTT 3.1.1 semantics only; nothing here is retained.
 * `up` is written by the gateway alone, `down` by the cloud alone.
 */
export const upTopics = ['birth', 'death', 'beat', 'report', 'batch', 'live', 'answer'] as const;
export type UpTopic = (typeof upTopics)[number];

export const downTopics = [
  'hello',
  'cursor',
  'keys',
  'manifest',
  'delta',
  'revocation',
  'command',
  'watch',
  'ask',
] as const;
export type DownTopic = (typeof downTopics)[number];

const root = 'gh/v1';

export const upTopic = (gateway: string, name: UpTopic): string => `${root}/${gateway}/up/${name}`;
export const downTopic = (gateway: string, name: DownTopic): string =>
  `${root}/${gateway}/down/${name}`;
export const upFilter = (gateway = '+'): string => `${root}/${gateway}/up/#`;
export const downFilter = (gateway: string): string => `${root}/${gateway}/down/#`;

export type ParsedTopic = {
  readonly gateway: string;
  readonly direction: 'up' | 'down';
  readonly name: string;
};

/** The parts of one of our topics, or undefined. */
export const parseTopic = (topic: string): ParsedTopic | undefined => {
  const match = /^gh\/v1\/([a-z0-9][a-z0-9-]{0,39})\/(up|down)\/([a-z-]{1,40})$/.exec(topic);
  if (match === null) return undefined;
  const [, gateway = '', direction, name = ''] = match;
  return { gateway, direction: direction === 'up' ? 'up' : 'down', name };
};

/**
 * The one rule of every broker: a gateway writes its own `up` and reads its own `down`. A client id
 * that is none of a gateway (a wildcard, say) may nothing.
 */
export const mayUseTopic = (
  clientId: string,
  action: 'publish' | 'subscribe',
  topic: string,
): boolean =>
  isGatewayId(clientId) &&
  (action === 'subscribe'
    ? topic === downFilter(clientId)
    : upTopics.some((name) => topic === upTopic(clientId, name)));
