import type { FeedItem } from '@gatehouse/protocols';

/** What of the policies a change in the cloud may alter. */
export type Reach =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'everything' }
  | { readonly kind: 'card'; readonly card: string }
  | { readonly kind: 'credential'; readonly credential: string }
  | { readonly kind: 'profile'; readonly profile: string }
  /** What one gateway has begun to understand: profiles, waits, claims, UIDs, PINs. */
  | { readonly kind: 'profiles_of'; readonly gateway: string };

type Domain = Extract<FeedItem['what'], { kind: 'domain' }>;

const nothing: Reach = { kind: 'nothing' };
const everything: Reach = { kind: 'everything' };

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const cardNamed = (card: unknown): Reach | undefined =>
  typeof card === 'string' && uuid.test(card) ? { kind: 'card', card } : undefined;

/** By the noun of a domain event's name. A noun that is not here alters no policy. */
const reachOf: Readonly<Record<string, (event: Domain) => Reach>> = {
  card: ({ subject, data }) => cardNamed(subject) ?? cardNamed(data['card']) ?? everything,
  cards: () => everything,
  credential: ({ subject, data }) =>
    cardNamed(data['card']) ?? { kind: 'credential', credential: subject },
  uid: ({ data }) => cardNamed(data['card']) ?? everything,
  pin: ({ subject, data }) => cardNamed(data['card']) ?? cardNamed(subject) ?? everything,
  member: ({ subject, data }) => cardNamed(data['card']) ?? cardNamed(subject) ?? everything,
  group: ({ data }) => cardNamed(data['card']) ?? everything,
  rule: () => everything,
  schedule: () => everything,
  site: () => everything,
  building: () => everything,
  gateway: () => everything,
  door: () => everything,
  places: () => everything,
  campus: () => everything,
  claim: () => everything,
  profile: ({ name, subject }) => {
    if (name === 'profile.published') return { kind: 'profile', profile: subject };
    return name === 'profile.understood' ? { kind: 'profiles_of', gateway: subject } : nothing;
  },
};

export const policyReach = ({ what }: Pick<FeedItem, 'what'>): Reach => {
  if (what.kind !== 'domain') return nothing;
  const noun = what.name.split('.')[0] ?? '';
  return Object.hasOwn(reachOf, noun) ? (reachOf[noun]?.(what) ?? nothing) : nothing;
};
