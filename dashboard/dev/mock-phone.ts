import {
  doorReaderAudiences,
  fromBase64Url,
  judgePass,
  noticeWords,
  parsePass,
  reasonRow,
  toHex,
  utf8,
} from '@gatehouse/protocols';
import type {
  EnrolledView,
  MeView,
  NoticeView,
  PassMark,
  PersonView,
  ScannerView,
  UseView,
} from '@gatehouse/protocols';
import { campus } from './campus.table.ts';
import { addEvent, iso, setDoor } from './mock-state.ts';
import type { MockState } from './mock-state.ts';

type PhoneEvent =
  | { readonly event: 'use'; readonly data: UseView }
  | { readonly event: 'me'; readonly data: MeView }
  | { readonly event: 'notice'; readonly data: NoticeView };

/** Somebody at a browser. */
export type Viewer = { readonly person: PersonView; readonly browser: string };

/** What the mock does not work out by itself: set by those who want to see it on the page. */
export type Arranged = Partial<
  Pick<MeView, 'keep' | 'credential' | 'changesLeft' | 'nextChangeAt' | 'waitsUntil' | 'spread'> & {
    readonly cardState: MeView['card']['state'];
  }
>;

type Credential = {
  readonly id: string;
  readonly person: PersonView;
  readonly browser: string;
  readonly rawKey: Uint8Array;
  readonly enrolledAt: string;
  mark: PassMark | undefined;
};

export type MockPhones = {
  readonly me: (viewer: Viewer) => MeView;
  readonly challenge: () => { readonly nonce: string; readonly expiresAt: string };
  /** Undefined where the proof does not hold. */
  readonly enrol: (viewer: Viewer, proof: string) => EnrolledView | undefined;
  readonly setFrozen: (viewer: Viewer, isFrozen: boolean) => MeView;
  readonly tell: (person: PersonView, notice: NoticeView) => void;
  /** Something about every card has changed. */
  readonly tellAll: () => void;
  readonly arrange: (person: PersonView, arranged: Arranged) => void;
  readonly history: (person: PersonView) => readonly UseView[];
  readonly notices: (person: PersonView) => readonly NoticeView[];
  readonly readNotices: (person: PersonView, ids: readonly string[]) => readonly NoticeView[];
  readonly scanners: () => readonly ScannerView[];
  readonly scan: (device: string, text: string) => ScannerView | undefined;
  readonly walk: (device: string) => void;
  readonly listen: (viewer: Viewer, hear: (event: PhoneEvent) => void) => () => void;
};

type Ear = { readonly viewer: Viewer; readonly hear: (event: PhoneEvent) => void };

type Kept = {
  readonly state: MockState;
  readonly credentials: Map<string, Credential>;
  readonly frozen: Set<string>;
  readonly uses: Map<string, UseView[]>;
  readonly scanners: Map<string, ScannerView>;
  readonly nonces: Set<string>;
  readonly notices: Map<string, readonly NoticeView[]>;
  readonly arranged: Map<string, Arranged>;
  readonly ears: Set<Ear>;
  /** By person: what was told while no page of theirs listened. */
  readonly unheard: Map<string, readonly ((viewer: Viewer) => PhoneEvent)[]>;
};

const lampShownMs = 4_000;

const scannerRows = (state: MockState): readonly ScannerView[] =>
  [...state.doors.values()].flatMap((door) =>
    (['entry', 'exit'] as const)
      .filter((side) => side === 'entry' || door.class === 'gate')
      .map((side): ScannerView => ({
        device: `${door.id}-${side === 'entry' ? 'in' : 'out'}`,
        door: door.id,
        doorName: door.name,
        side,
        lamp: 'off',
        display: '',
      })),
  );

const meOf = (kept: Kept, { person, browser }: Viewer): MeView => {
  const { cardState, ...arranged } = kept.arranged.get(person.id) ?? {};
  const live = [...kept.credentials.values()].find((each) => each.person.id === person.id);
  return {
    person,
    card: {
      id: person.id,
      number: `20240${person.id.slice(-4)}`,
      state: cardState ?? (kept.frozen.has(person.id) ? 'frozen' : 'active'),
      validTo: iso(kept.state.ports.nowMs() + 30_000_000_000),
    },
    credential:
      live === undefined
        ? null
        : {
            ...{ id: live.id, alg: 'ES256', enrolledAt: live.enrolledAt },
            here: live.browser === browser,
          },
    ...{ changesLeft: 3, nextChangeAt: null, waitsUntil: null },
    spread: { have: 3, of: 3, missing: [] },
    ...arranged,
    doors: [...kept.state.doors.values()]
      .filter(({ class: kind }) => kind !== 'store' && kind !== 'exit')
      .map(({ id, name, buildingName, class: kind }) => ({
        ...{ id, name, buildingName },
        open: kind !== 'lab',
      })),
    face: kept.state.face.of(person.affiliation),
  };
};

/**
 * A phone that just opens its stream hears what happened since it was loaded: of the real cloud's
 * events none comes in the moment in which it happens.
 */
const tell = (kept: Kept, person: PersonView, event: (viewer: Viewer) => PhoneEvent): void => {
  const ears = [...kept.ears].filter(({ viewer }) => viewer.person.id === person.id);
  for (const { viewer, hear } of ears) hear(event(viewer));
  if (ears.length > 0) return;
  kept.unheard.set(person.id, [...(kept.unheard.get(person.id) ?? []), event]);
};

const tellCard = (kept: Kept, person: PersonView): void => {
  tell(kept, person, (viewer) => ({ event: 'me', data: meOf(kept, viewer) }));
};

const notify = (kept: Kept, person: PersonView, notice: NoticeView): void => {
  const own = kept.notices.get(person.id) ?? [];
  kept.notices.set(person.id, [notice, ...own.filter(({ id }) => id !== notice.id)]);
  tell(kept, person, () => ({ event: 'notice', data: notice }));
};

const readProof = (
  kept: Kept,
  proof: string,
): { readonly nonce: string; readonly rawKey: Uint8Array } | undefined => {
  const [header = '', payload = '', signature = ''] = proof.split('.');
  const [headBytes, bodyBytes, signed] = [header, payload, signature].map(fromBase64Url);
  if (headBytes === undefined || bodyBytes === undefined || signed === undefined) return undefined;
  const decode = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));
  // Both are checked below.
  const head = decode(headBytes) as { readonly typ?: string };
  // As above.
  const body = decode(bodyBytes) as { readonly nonce?: string; readonly key?: string };
  const rawKey = fromBase64Url(body.key ?? '');
  if (head.typ !== 'gate-enrol+jws' || rawKey === undefined) return undefined;
  if (!kept.state.ports.verify(rawKey, utf8(`${header}.${payload}`), signed)) return undefined;
  return { nonce: body.nonce ?? '', rawKey };
};

/** What the owner is told when the card moves to another browser. */
const replaced = (kept: Kept, id: string): NoticeView => {
  const kind = 'phone.replaced';
  const data = { browser: 'Chromium' };
  const at = iso(kept.state.ports.nowMs());
  return { id: `notice-${id}`, at, kind, ...noticeWords(kind, data), read: false, data };
};

const enrol = (
  kept: Kept,
  { person, browser }: Viewer,
  proof: string,
): EnrolledView | undefined => {
  const { ports } = kept.state;
  const read = readProof(kept, proof);
  if (read === undefined || !kept.nonces.delete(read.nonce)) return undefined;
  const id = toHex(ports.bytes(8));
  const former = [...kept.credentials.values()].find((each) => each.person.id === person.id);
  const enrolledAt = iso(ports.nowMs());
  const fresh = { id, person, browser, rawKey: read.rawKey, enrolledAt, mark: undefined };
  if (former !== undefined) kept.credentials.delete(former.id);
  kept.credentials.set(id, fresh);
  if (former !== undefined && former.browser !== browser) notify(kept, person, replaced(kept, id));
  tellCard(kept, person);
  return { credential: id, campus: campus.campus, at: enrolledAt };
};

type Judged = {
  readonly reason: string;
  readonly credential?: Credential;
  readonly counter?: number;
};

const judge = (kept: Kept, door: string, text: string): Judged => {
  const parsed = parsePass(text);
  if (!parsed.ok) return { reason: parsed.reason };
  const { ports } = kept.state;
  const credential = kept.credentials.get(parsed.pass.credential);
  const isFrozen = credential !== undefined && kept.frozen.has(credential.person.id);
  const judged = judgePass(
    parsed.pass,
    {
      key:
        credential === undefined
          ? undefined
          : { alg: 'ES256', rawKey: credential.rawKey, status: isFrozen ? 'frozen' : 'live' },
      mark: credential?.mark,
      nowMs: ports.nowMs(),
      fenceMs: undefined,
      audiences: doorReaderAudiences({ campus: campus.campus }),
      doorId: door,
    },
    { verify: (_alg, rawKey, data, signature) => ports.verify(rawKey, data, signature) },
  );
  const counter = parsed.pass.counter;
  if (credential === undefined) return { reason: judged.ok ? 'granted' : judged.reason };
  if (!judged.ok) return { reason: judged.reason, credential, counter };
  credential.mark = judged.nextMark;
  return { reason: 'granted', credential, counter };
};

const pulseMs = 5_000;

const openFor = (state: MockState, door: string): void => {
  setDoor(state, door, { passage: 'granted', lock: 'unlocked' });
  state.ports.after(pulseMs, () => {
    setDoor(state, door, { passage: 'secure', lock: 'locked', contact: 'closed' });
  });
};

const scan = (kept: Kept, device: string, text: string): ScannerView | undefined => {
  const { state } = kept;
  const scanner = kept.scanners.get(device);
  const door = scanner === undefined ? undefined : state.doors.get(scanner.door);
  if (scanner === undefined || door === undefined) return undefined;
  const { reason, credential, counter } = judge(kept, door.id, text);
  const granted = reason === 'granted';
  const row = reasonRow(reason);
  const shown: ScannerView = {
    ...scanner,
    lamp: row?.lamp ?? 'red',
    display: row?.display.zh ?? reason,
  };
  kept.scanners.set(device, shown);
  state.ports.after(lampShownMs, () => {
    kept.scanners.set(device, scanner);
  });
  const event = addEvent(state, {
    kind: granted ? 'access.granted' : 'access.denied',
    door: door.id,
    ...(credential === undefined ? {} : { person: credential.person }),
    data: { reason, side: scanner.side, reader: device, basis: 'local' },
  });
  if (granted) openFor(state, door.id);
  if (credential === undefined) return shown;
  const use: UseView = {
    id: event.id,
    at: event.at,
    granted,
    reason,
    door: { id: door.id, name: door.name },
    counter: counter ?? null,
  };
  const own = kept.uses.get(credential.person.id) ?? [];
  kept.uses.set(credential.person.id, [use, ...own]);
  tell(kept, credential.person, () => ({ event: 'use', data: use }));
  return shown;
};

export const createMockPhones = (state: MockState): MockPhones => {
  const kept: Kept = {
    state,
    credentials: new Map(),
    frozen: new Set(),
    uses: new Map(),
    scanners: new Map(scannerRows(state).map((row) => [row.device, row])),
    nonces: new Set(),
    notices: new Map(),
    arranged: new Map(),
    ears: new Set(),
    unheard: new Map(),
  };
  return {
    me: (viewer) => {
      kept.unheard.delete(viewer.person.id); // it is told now
      return meOf(kept, viewer);
    },
    challenge: () => {
      const nonce = toHex(state.ports.bytes(16));
      kept.nonces.add(nonce);
      return { nonce, expiresAt: iso(state.ports.nowMs() + 60_000) };
    },
    enrol: (viewer, proof) => enrol(kept, viewer, proof),
    setFrozen: (viewer, isFrozen) => {
      if (isFrozen) kept.frozen.add(viewer.person.id);
      else kept.frozen.delete(viewer.person.id);
      tellCard(kept, viewer.person);
      return meOf(kept, viewer);
    },
    tell: (person, notice) => {
      notify(kept, person, notice);
    },
    tellAll: () => {
      for (const { viewer, hear } of kept.ears) hear({ event: 'me', data: meOf(kept, viewer) });
    },
    arrange: (person, arranged) => {
      kept.arranged.set(person.id, arranged);
      tellCard(kept, person);
    },
    notices: (person) => kept.notices.get(person.id) ?? [],
    readNotices: (person, ids) => {
      for (const notice of kept.notices.get(person.id) ?? []) {
        if (ids.includes(notice.id) && !notice.read) {
          notify(kept, person, { ...notice, read: true });
        }
      }
      return kept.notices.get(person.id) ?? [];
    },
    history: (person) => kept.uses.get(person.id) ?? [],
    scanners: () => [...kept.scanners.values()],
    scan: (device, text) => scan(kept, device, text),
    walk: (device) => {
      const scanner = kept.scanners.get(device);
      if (scanner === undefined) return;
      addEvent(state, { kind: 'access.taken', door: scanner.door });
      setDoor(state, scanner.door, { passage: 'secure', lock: 'locked', contact: 'closed' });
    },
    listen: (viewer, hear) => {
      const ear = { viewer, hear };
      kept.ears.add(ear);
      const unheard = kept.unheard.get(viewer.person.id) ?? [];
      kept.unheard.delete(viewer.person.id);
      for (const event of unheard) hear(event(viewer));
      return () => {
        kept.ears.delete(ear);
      };
    },
  };
};
