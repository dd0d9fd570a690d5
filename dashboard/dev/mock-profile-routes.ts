import type { ChoiceView, Role } from '@gatehouse/protocols';
import type { MockProfiles } from './mock-profiles.ts';

type Asked = {
  readonly profiles: MockProfiles;
  readonly who: ChoiceView;
  readonly id: string;
  readonly name: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
};

type ProfileRow = {
  readonly method: string;
  readonly path: RegExp;
  /** @returns the body; undefined = there is none such, null = nothing to say */
  readonly run: (asked: Asked) => unknown;
};

const allowed: Readonly<Partial<Record<Role, readonly string[]>>> = {
  facility: ['profile.read', 'numbers.read'],
  admin: [
    ...['profile.read', 'profile.write', 'settings'],
    ...['numbers.read', 'numbers.names', 'numbers.recount'],
  ],
};

export const mayOf = (role: Role): readonly string[] => allowed[role] ?? [];

const textIn = (body: Asked['body'], name: string): string => {
  const value = body[name];
  return typeof value === 'string' ? value : '';
};

const under = (rest: string): RegExp => new RegExp(`^/console/profiles/([a-z0-9-]+)${rest}$`);

export const profileRows: readonly ProfileRow[] = [
  {
    method: 'GET',
    path: /^\/console\/profile-list$/,
    run: ({ profiles }) => profiles.list(),
  },
  {
    method: 'GET',
    path: under('/page'),
    run: ({ profiles, id, query, who }) =>
      profiles.page(id, query.get('version'), who.role === 'admin'),
  },
  {
    method: 'GET',
    path: under('/vectors'),
    run: ({ profiles, id, query }) => profiles.vectors(id, query.get('version')),
  },
  {
    method: 'POST',
    path: under('/decode'),
    run: ({ profiles, id, body }) => profiles.decode(id, body),
  },
  {
    method: 'POST',
    path: /^\/console\/profiles$/,
    run: ({ profiles, body }) => profiles.write(textIn(body, 'text'), body['save'] === true),
  },
  {
    method: 'POST',
    path: under('/versions/([0-9.]+)/publish'),
    run: ({ profiles, id, name, body }) =>
      profiles.publish(id, name, textIn(body, 'mode'), textIn(body, 'note')),
  },
  { method: 'POST', path: under('/back'), run: ({ profiles, id }) => profiles.back(id) },
  {
    method: 'DELETE',
    path: under('/shadow'),
    run: ({ profiles, id }) => {
      profiles.endShadow(id);
      return null;
    },
  },
];
