import {
  CampusView,
  CardNumbersView,
  CardListView,
  ChoiceView,
  CommandView,
  DecodeView,
  DevicePageView,
  DeviceView,
  DoubtsView,
  DoubtView,
  EnrolChallengeView,
  ErrorView,
  EventPage,
  EvidenceView,
  MeView,
  NoticeView,
  NowView,
  PassNumbersView,
  ProfileCheckedView,
  ProfileListItem,
  ProfilePageView,
  ProfileView,
  PublishedView,
  ScannerView,
  SessionView,
  SettingsView,
  TelemetryView,
  TrafficView,
  UseView,
  VectorsView,
} from '@gatehouse/protocols';
import Type from 'typebox';
import Value from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { choices } from './campus.table.ts';
import { deviceRows } from './devices.table.ts';
import { createMockServer } from './mock-server.ts';
import type { MockPorts } from './mock-state.ts';

const ports: MockPorts = {
  nowMs: () => Date.parse('2026-11-21T01:00:02Z'),
  random: () => 0.5,
  after: () => () => undefined,
  bytes: (count) => new Uint8Array(count).fill(7),
  verify: () => true,
};

const guard = choices.find(({ role }) => role === 'guard');
const cookie = `mock=${guard?.person.id ?? ''}.guard`;

const answers: readonly (readonly [method: string, path: string, view: Type.TSchema])[] = [
  ['GET', '/api/campus', CampusView],
  ['GET', '/api/demo/choices', Type.Array(ChoiceView)],
  ['GET', '/api/session', SessionView],
  ['GET', '/api/console/now', NowView],
  ['GET', '/api/console/events', EventPage],
  ['GET', '/api/me', MeView],
  ['GET', '/api/me/history', Type.Array(UseView)],
  ['GET', '/api/me/notices', Type.Array(NoticeView)],
  ['POST', '/api/me/notices/read', Type.Array(NoticeView)],
  ['POST', '/api/me/enrol/challenge', EnrolChallengeView],
  ['GET', '/api/demo/scanners', Type.Array(ScannerView)],
  ['GET', '/api/console/devices', Type.Array(DeviceView)],
  ['GET', '/api/console/profiles', Type.Array(ProfileView)],
  ...deviceRows.map(({ id }) => ['GET', `/api/console/devices/${id}`, DevicePageView] as const),
  ['GET', '/api/console/devices/meter-library/telemetry', TelemetryView],
  ['POST', '/api/console/devices/lockers-hall/commands/openBox', CommandView],
  ['POST', '/api/console/devices/lockers-hall/commands/fly', ErrorView],
  ['GET', '/api/console/uses', DoubtsView],
  ['POST', '/api/console/uses/gw-lab.0a1b2c3d.main.377/freeze', DoubtView],
  ['GET', '/api/console/uses/gw-lab.0a1b2c3d.main.377/evidence', EvidenceView],
  ['GET', '/api/nothing', ErrorView],
];

const admin = choices.find(({ role }) => role === 'admin');
const keeper = `mock=${admin?.person.id ?? ''}.admin`;
const own = '/api/console/profiles/kerong-cu24';
const profileAnswers: typeof answers = [
  ['GET', '/api/console/profile-list', Type.Array(ProfileListItem)],
  ['GET', '/api/console/numbers', CardNumbersView],
  ['GET', '/api/console/numbers/traffic', TrafficView],
  ['GET', '/api/console/numbers/passes', PassNumbersView],
  ['GET', '/api/console/numbers/cards', CardListView],
  ['GET', `${own}/page`, ProfilePageView],
  ['GET', '/api/console/profiles/acme-air-3/page', ProfilePageView],
  ['GET', `${own}/vectors`, VectorsView],
  ['POST', `${own}/decode`, DecodeView],
  ['POST', '/api/console/profiles', ProfileCheckedView],
  ['POST', `${own}/versions/1.2.0/publish`, PublishedView],
  ['POST', `${own}/versions/1.0.1/publish`, PublishedView],
  ['POST', `${own}/back`, PublishedView],
  ['GET', '/api/console/profiles/none/page', ErrorView],
  ['GET', '/api/console/settings', SettingsView],
];

describe('the mock campus', () => {
  for (const [method, path, view] of answers) {
    it(`answers ${method} ${path} as the contract says`, () => {
      const mock = createMockServer(ports, 'busy');
      const query = new URLSearchParams({ from: '2026-11-20T01:00Z', to: '2026-11-21T01:00Z' });
      const reply = mock.answer({ method, path, query, cookie, body: {} });
      const body = 'stream' in reply ? undefined : reply.body;
      expect([...Value.Errors(view, body)]).toEqual([]);
    });
  }

  for (const [method, path, view] of profileAnswers) {
    it(`answers ${method} ${path} as the contract says`, () => {
      const asked = { method, path, query: new URLSearchParams(), body: {} };
      const reply = createMockServer(ports, 'busy').answer({ ...asked, cookie: keeper });
      expect([...Value.Errors(view, 'stream' in reply ? undefined : reply.body)]).toEqual([]);
      const refused = createMockServer(ports, 'busy').answer({ ...asked, cookie });
      expect(refused).toMatchObject({ status: 403 });
    });
  }

  it('knows nobody without a session', () => {
    const mock = createMockServer(ports, 'calm');
    const query = new URLSearchParams();
    const path = '/api/console/now';
    const reply = mock.answer({ method: 'GET', path, query, cookie: '', body: {} });
    expect(reply).toMatchObject({ status: 401 });
  });
});
