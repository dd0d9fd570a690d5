import type {
  DecodeView,
  DeviceView,
  ProfileCheckedView,
  ProfileListItem,
  ProfilePageView,
  ProfileVersionView,
  ProfileView,
  PublishedView,
  VectorsView,
} from '@gatehouse/protocols';
import { iso } from './mock-state.ts';
import type { MockPorts } from './mock-state.ts';
import { author, library, notes, refusal } from './profile-history.table.ts';
import { profiles } from './profiles.table.ts';

/** Profiles as the screens need them: built in, one of one's own, a draft and a shadow. */
export type MockProfiles = {
  readonly list: () => readonly ProfileListItem[];
  readonly page: (id: string, version: string | null, mayWrite: boolean) => unknown;
  readonly vectors: (id: string, version: string | null) => VectorsView | undefined;
  readonly decode: (id: string, body: Readonly<Record<string, unknown>>) => DecodeView | undefined;
  readonly write: (text: string, save: boolean) => ProfileCheckedView;
  readonly publish: (id: string, version: string, mode: string, note: string) => PublishedView;
  readonly back: (id: string) => PublishedView;
  readonly endShadow: (id: string) => void;
};

type Own = Map<string, readonly ProfileVersionView[]>;
type Made = {
  readonly ports: MockPorts;
  readonly devices: () => readonly DeviceView[];
  readonly own: Own;
};

const hourMs = 3_600_000;

const ownVersion = (
  ports: MockPorts,
  version: string,
  state: ProfileVersionView['state'],
  note: string,
): ProfileVersionView => {
  const isOut = state === 'live' || state === 'retired';
  return {
    ...{ version, state, origin: 'custom', sha256: version.replaceAll('.', '').repeat(16), note },
    author,
    createdAt: iso(ports.nowMs() - 30 * hourMs),
    publishedAt: isOut ? iso(ports.nowMs() - 26 * hourMs) : null,
    publishedBy: isOut ? author : null,
  };
};

const startOwn = (ports: MockPorts): Own =>
  new Map([
    [
      'kerong-cu24',
      [
        ownVersion(ports, '1.2.0', 'draft', ''),
        ownVersion(ports, '1.1.0', 'live', notes.fault),
        ownVersion(ports, '1.0.1', 'retired', notes.baud),
      ],
    ],
    ['acme-air-3', [ownVersion(ports, '1.1.0', 'shadow', notes.wide)]],
  ]);

const builtInOf = ({ version }: ProfileView, isLive: boolean): ProfileVersionView => ({
  ...{ version, state: isLive ? 'live' : 'retired', origin: 'builtIn', sha256: null },
  ...{ author: null, createdAt: null, publishedAt: null, publishedBy: null, note: '' },
});

const versionsOf = (made: Made, profile: ProfileView): readonly ProfileVersionView[] => {
  const own = made.own.get(profile.id) ?? [];
  const base = own.length > 1 ? { ...profile, version: '1.0.0' } : profile;
  return [...own, builtInOf(base, !own.some(({ state }) => state === 'live'))];
};

const runningOf = (made: Made, id: string): ProfileListItem['running'] => {
  const rows = new Map<string, ProfileListItem['running'][number]>();
  for (const device of made.devices().filter(({ profile }) => profile === id)) {
    const { gateway, gatewayName, fresh } = device;
    const version = device.profileVersion ?? null;
    const key = `${gateway} ${version}`;
    const devices = (rows.get(key)?.devices ?? 0) + 1;
    rows.set(key, { gateway, gatewayName, fresh, version, devices });
  }
  return [...rows.values()];
};

const itemOf = (made: Made, profile: ProfileView): ProfileListItem => {
  const versions = versionsOf(made, profile);
  const live = versions.find(({ state }) => state === 'live');
  const running = runningOf(made, profile.id);
  const { id, family, title, vendor, product, source, vectors, vectorsFromManual } = profile;
  return {
    ...{ id, family, title, vendor, product, source, running },
    origin: live?.origin === 'custom' ? 'override' : 'builtIn',
    state: 'live',
    version: live?.version ?? profile.version,
    draft: versions.find(({ state }) => state === 'draft')?.version ?? null,
    shadow: versions.find(({ state }) => state === 'shadow')?.version ?? null,
    vectors: {
      count: vectors,
      fromManual: vectorsFromManual,
      invented: vectors - vectorsFromManual,
      failed: 0,
    },
    coverage: { needed: 18, covered: 17 },
    devices: running.reduce((sum, { devices }) => sum + devices, 0),
  };
};

const textOf = ({ id, family, vendor, product, title }: ProfileView, version: string): string =>
  `apiVersion: profile/v1
kind: DeviceProfile
id: ${id}
profile: ${version}
family: ${family}
title: { zh: ${title.zh}, en: ${title.en} }
vendor: ${vendor}
product: ${product}
`;

const shadowsOf = (made: Made, id: string): ProfilePageView['shadows'] =>
  id !== 'acme-air-3'
    ? []
    : made
        .devices()
        .filter(({ profile }) => profile === id)
        .slice(0, 2)
        .map((device, i) => ({
          ...{ device: device.id, deviceName: device.name, gateway: device.gateway },
          ...{ from: '1.0.0', to: '1.1.0', at: iso(made.ports.nowMs() - 60_000), frames: 412 },
          differing: i === 0 ? 3 : 0,
          differences:
            i === 0
              ? [
                  {
                    hex: '01 04 02 03 77 F9 D6',
                    from: 'telemetry.co2 = 119',
                    to: 'telemetry.co2 = 887',
                  },
                ]
              : [],
        }));

const happeningsOf = (made: Made, id: string): ProfilePageView['happenings'] => {
  if (id !== 'kerong-cu24') return [];
  return [
    {
      ...{ event: 'gw-library.1', kind: 'profile.swapped', device: 'lockers-hall', ...library },
      ...{ from: '1.0.1', to: '1.1.0', tookMs: 84, why: '' },
      at: iso(made.ports.nowMs() - 26 * hourMs),
    },
    {
      ...{ event: 'gw-library.2', kind: 'profile.rolled_back', device: 'lockers-hall', ...library },
      ...{ from: '1.1.0', to: '1.0.1', tookMs: null, why: 'bad_checksum 12 / 20' },
      at: iso(made.ports.nowMs() - 27 * hourMs),
    },
  ];
};

const vectorsOf = (profile: ProfileView, version: string): VectorsView => {
  const isBad = version === '1.2.0';
  const results = Array.from({ length: profile.vectors }, (_, index) => ({
    ...{ index, binding: profile.transports[0] ?? 'serial' },
    source:
      index < profile.vectorsFromManual ? `${profile.source ?? ''}, p. ${index + 3}` : 'invented',
    title: `02 0${index % 8} 30 03 ${(53 + index).toString(16).toUpperCase()} → state.box`,
    ok: !(isBad && index === 5),
    expected: isBad && index === 5 ? 'state.box = [1, 0, 0]' : null,
    got: isBad && index === 5 ? 'state.box = [0, 0, 1]' : null,
  }));
  const missing = [{ path: 'model.events.tamper', why: 'no vector raises it' }];
  return {
    ...{ id: profile.id, version, results, tookMs: 6.2 },
    coverage: { needed: 18, covered: 17, missing },
  };
};

const pageOf = (
  made: Made,
  profile: ProfileView,
  wanted: string | null,
  mayWrite: boolean,
): ProfilePageView | undefined => {
  const item = itemOf(made, profile);
  const versions = versionsOf(made, profile);
  const shown = versions.find(({ version }) => version === (wanted ?? item.version));
  if (shown === undefined) return undefined;
  const own = made.devices().filter((device) => device.profile === profile.id);
  return {
    ...{ item, shown, versions: [...versions], mayWrite },
    profile: { ...profile, version: shown.version },
    text: textOf(profile, shown.version),
    bindings: profile.transports.map((name) => ({
      ...{ name, transport: name },
      isText: profile.family === 'scanner',
    })),
    params: profile.transports.includes('modbus') ? { unit: 1 } : {},
    devices: own.map(({ id, name, gateway, gatewayName, profileVersion }) => ({
      ...{ id, name, gateway, gatewayName, version: profileVersion ?? null },
    })),
    shadows: shadowsOf(made, profile.id),
    happenings: happeningsOf(made, profile.id),
    back: versions.filter(({ state }) => state === 'retired')[0]?.version ?? null,
  };
};

const frame: DecodeView['frames'][number] = {
  ...{ hex: '', message: null, values: {}, events: [], refuses: null, answer: null, fault: null },
};

const decodeOf = (profile: ProfileView, body: Readonly<Record<string, unknown>>): DecodeView => {
  const view = { version: profile.version, frames: [], sends: [], fault: null };
  if (typeof body['command'] === 'string') {
    return { ...view, sends: [{ hex: '02 00 31 03 36', reply: 'status' }] };
  }
  if (typeof body['text'] === 'string') {
    const { text } = body;
    const hex = [...new TextEncoder().encode(text)]
      .map((byte) => byte.toString(16).padStart(2, '0').toUpperCase())
      .join(' ');
    const events = [{ event: 'scan', fields: { bytes: text.trim().length } }];
    return text.endsWith('\n')
      ? { ...view, frames: [{ ...frame, hex, message: 'scan', events }] }
      : { ...view, frames: [{ ...frame, hex, fault: 'truncated' }] };
  }
  const hex = typeof body['hex'] === 'string' ? body['hex'] : '';
  const [state] = profile.state;
  const values = state === undefined ? {} : { [`state.${state.name}`]: true };
  return hex.startsWith('02')
    ? { ...view, frames: [{ ...frame, hex, message: 'status', values }] }
    : { ...view, frames: [{ ...frame, hex, fault: 'bad_checksum' }] };
};

const faultsOf = (text: string): ProfileCheckedView['faults'] => {
  const line = text.split('\n').findIndex((each) => each.startsWith('famly'));
  if (line >= 0) {
    const hint = 'did you mean family?';
    return [{ line: line + 1, column: 1, path: 'famly', message: 'unknown key', hint }];
  }
  if (/^id: [a-z]/m.test(text)) return [];
  const message = 'lacks id';
  return [{ line: 1, column: 1, path: '', message, hint: 'id: maker-model, in small letters' }];
};

const writeOf = (made: Made, text: string, save: boolean): ProfileCheckedView => {
  const faults = faultsOf(text);
  const none = { saved: false, id: null, version: null, vectors: null, refusals: [] };
  if (faults.length > 0) return { ...none, faults };
  const id = /^id: (\S+)/m.exec(text)?.[1] ?? '';
  const version = /^profile: (\S+)/m.exec(text)?.[1] ?? '1.0.0';
  const profile = profiles.find((each) => each.id === id) ?? profiles[0];
  if (profile === undefined) return { ...none, faults };
  const saved = save && profile.id === id;
  if (saved) {
    const others = (made.own.get(id) ?? []).filter((each) => each.version !== version);
    made.own.set(id, [ownVersion(made.ports, version, 'draft', ''), ...others]);
  }
  return { saved, faults, id, version, vectors: vectorsOf(profile, version), refusals: [] };
};

const setState = (
  made: Made,
  id: string,
  change: (row: ProfileVersionView) => ProfileVersionView,
): void => {
  made.own.set(id, (made.own.get(id) ?? []).map(change));
};

const publishOf = (
  made: Made,
  id: string,
  version: string,
  as: { readonly mode: string; readonly note: string },
): PublishedView => {
  if (version === '1.2.0') return { published: false, live: null, refusals: [refusal] };
  const state = as.mode === 'live' ? 'live' : 'shadow';
  setState(made, id, (row) => {
    if (row.version === version) return ownVersion(made.ports, version, state, as.note);
    return row.state === state ? { ...row, state: 'retired' } : row;
  });
  return { published: true, live: version, refusals: [] };
};

const backOf = (made: Made, id: string): PublishedView => {
  const target = made.own.get(id)?.find(({ state }) => state === 'retired')?.version ?? null;
  setState(made, id, (row) => {
    if (row.version === target) return { ...row, state: 'live' };
    return row.state === 'live' ? { ...row, state: 'retired' } : row;
  });
  return { published: true, live: target, refusals: [] };
};

export const createMockProfiles = (
  ports: MockPorts,
  devices: () => readonly DeviceView[],
): MockProfiles => {
  const made: Made = { ports, devices, own: startOwn(ports) };
  const of = (id: string): ProfileView | undefined => profiles.find((each) => each.id === id);
  return {
    list: () => profiles.map((profile) => itemOf(made, profile)),
    page: (id, version, mayWrite) => {
      const profile = of(id);
      return profile && pageOf(made, profile, version, mayWrite);
    },
    vectors: (id, version) => {
      const profile = of(id);
      return profile && vectorsOf(profile, version ?? profile.version);
    },
    decode: (id, body) => {
      const profile = of(id);
      return profile && decodeOf(profile, body);
    },
    write: (text, save) => writeOf(made, text, save),
    publish: (id, version, mode, note) => publishOf(made, id, version, { mode, note }),
    back: (id) => backOf(made, id),
    endShadow: (id) => {
      setState(made, id, (row) => (row.state === 'shadow' ? { ...row, state: 'draft' } : row));
    },
  };
};
