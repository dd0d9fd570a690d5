import { words } from './campus.table.ts';
import type { ChoiceView, ErrorView, Text } from '@gatehouse/protocols';
import type { MockClaimGroups } from './mock-claim-groups.ts';
import type { MockDevices } from './mock-devices.ts';
import type { MockPhones, Viewer } from './mock-phone.ts';
import type { MockProfiles } from './mock-profiles.ts';
import type { MockState } from './mock-state.ts';
import type { MockUses } from './mock-uses.ts';

/** A request, however it came. */
export type MockRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly cookie: string;
  readonly body: Readonly<Record<string, unknown>>;
};

export type MockReply =
  | {
      readonly status: number;
      readonly body?: unknown;
      readonly cookie?: string;
      /** A picture in place of a body. */
      readonly svg?: string;
    }
  | { readonly stream: (send: (text: string) => void) => () => void };

/** A request with who asks, what the path names, and the parts that answer. */
export type Asked = MockRequest & {
  readonly state: MockState;
  readonly phones: MockPhones;
  readonly devices: MockDevices;
  readonly profiles: MockProfiles;
  readonly uses: MockUses;
  readonly claimGroups: MockClaimGroups;
  /** Who is signed in; routes that need nobody get the first choice. */
  readonly who: ChoiceView;
  readonly viewer: Viewer;
  readonly id: string;
  /** The second part of the path that varies. */
  readonly name: string;
};
export type Route = {
  readonly method: string;
  readonly path: RegExp;
  readonly open?: true;
  readonly run: (asked: Asked) => MockReply;
};

export const refuse = (status: number, code: string, text: Text, next?: Text): MockReply => {
  const body: ErrorView = { error: { code, text, next: next ?? { zh: '', en: '' } } };
  return { status, body };
};
export const ok = (body: unknown): MockReply => ({ status: 200, body });
export const found = (body: unknown, status = 200): MockReply =>
  body === undefined ? refuse(404, 'not_found', words.missing) : { status, body };

export const textIn = (body: MockRequest['body'], name: string): string => {
  const value = body[name];
  return typeof value === 'string' ? value : '';
};
