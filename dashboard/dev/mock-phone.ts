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
export type Viewer = {
  readonly person: PersonView;
  readonly browser: string;
  /** Of several; the first card of a person has the person's own id. */
  readonly card?: string;
};

const cardOf = ({ person, card }: Viewer): string => card ?? person.id;

/** What the mock does not work out by itself: set by those who want to see it on the page. */
export type Arranged = Partial<
  Pick<
    MeView,
    | 'keep'
    | 'credential'
    | 'changesLeft'
    | 'nextChangeAt'
    | 'waitsUntil'
    | 'spread'
    | 'cards'
    | 'also'
  > & {
    readonly cardState: MeView['card']['state'];
  }
>;

type Credential = {
  readonly id: string;
  readonly card: string;
  readonly person: PersonView;
  readonly browser: string;
  readonly rawKey: Uint8Array;
  readonly enrolledAt: string;
  mark: PassMark | undefined;
};

export type MockPhones = {
  /** Undefined where the card is none of theirs. */
  readonly me: (viewer: Viewer) => MeView | undefined;
  readonly challenge: () => { readonly nonce: string; readonly expiresAt: string };
  /** Undefined where the proof does not hold. */
  readonly enrol: (viewer: Viewer, proof: string) => EnrolledView | undefined;
  readonly setFrozen: (viewer: Viewer, isFrozen: boolean) => MeView;
  readonly tell: (person: PersonView, notice: NoticeView) => void;
  /** Something about every card has changed. */
  readonly tellAll: () => void;
  readonly arrange: (person: PersonView, arranged: Arranged) => void;
  readonly history: (viewer: Viewer) => readonly UseView[];
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
  /** By card: what was told while no page of theirs listened. */
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

const meOf = (kept: Kept, viewer: Viewer): MeView => {
  const { browser } = viewer;
  const id = cardOf(viewer);
  const { cardState, ...arranged } = kept.arranged.get(viewer.person.id) ?? {};
  const live = [...kept.credentials.values()].find((each) => each.card === id);
  const state = cardState ?? (kept.frozen.has(id) ? 'frozen' : 'active');
  const number = `20240${id.slice(-4)}`;
  const cards = cardsOf(kept, viewer.person);
  const as = cards.find((card) => card.id === id);
  const { affiliation, unit } = viewer.person;
  const person = {
    ...viewer.person,
    ...{ affiliation: as?.kind ?? affiliation, unit: as?.unit ?? unit },
  };
  return {
    person,
    card: {
      ...{ id, number, state },
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
    also: [],
    ...arranged,
    cards: [...cards],
    doors: [...kept.state.doors.values()]
      .filter(({ class: kind }) => kind !== 'store' && kind !== 'exit')
      .map(({ id: door, name, buildingName, class: kind }) => ({
        ...{ id: door, name, buildingName },
        open: kind !== 'lab',
      })),
    face: kept.state.face.of(person.affiliation),
  };
};

type OwnCards = MeView['cards'];

const cardsOf = ({ arranged }: Kept, person: PersonView): OwnCards => {
  const { id, unit, affiliation: kind } = person;
  const only = { id, number: `20240${id.slice(-4)}`, kind, unit, state: 'active' } as const;
  return arranged.get(id)?.cards ?? [only];
};

/**
 * A phone that just opens its stream hears what happened since it was loaded: of the real cloud's
 * events none comes in the moment in which it happens.
 */
const tell = (kept: Kept, card: string, event: (viewer: Viewer) => PhoneEvent): void => {
  const ears = [...kept.ears].filter(({ viewer }) => cardOf(viewer) === card);
  for (const { viewer, hear } of ears) hear(event(viewer));
  if (ears.length > 0) return;
  kept.unheard.set(card, [...(kept.unheard.get(card) ?? []), event]);
};

const tellCard = (kept: Kept, card: string): void => {
  tell(kept, card, (viewer) => ({ event: 'me', data: meOf(kept, viewer) }));
};

const notify = (kept: Kept, person: PersonView, notice: NoticeView): void => {
  const own = kept.notices.get(person.id) ?? [];
  kept.notices.set(person.id, [notice, ...own.filter(({ id }) => id !== notice.id)]);
  for (const { id } of cardsOf(kept, person)) {
    tell(kept, id, () => ({ event: 'notice', data: notice }));
  }
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

const enrol = (kept: Kept, viewer: Viewer, proof: string): EnrolledView | undefined => {
  const { person, browser } = viewer;
  const card = cardOf(viewer);
  const { ports } = kept.state;
  const read = readProof(kept, proof);
  if (read === undefined || !kept.nonces.delete(read.nonce)) return undefined;
  const id = toHex(ports.bytes(8));
  const former = [...kept.credentials.values()].find((each) => each.card === card);
  const enrolledAt = iso(ports.nowMs());
  const fresh = { id, card, person, browser, rawKey: read.rawKey, enrolledAt, mark: undefined };
  if (former !== undefined) kept.credentials.delete(former.id);
  kept.credentials.set(id, fresh);
  if (former !== undefined && former.browser !== browser) notify(kept, person, replaced(kept, id));
  tellCard(kept, card);
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
  const isFrozen = credential !== undefined && kept.frozen.has(credential.card);
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
  const own = kept.uses.get(credential.card) ?? [];
  kept.uses.set(credential.card, [use, ...own]);
  tell(kept, credential.card, () => ({ event: 'use', data: use }));
  return shown;
};

const walk = ({ state, scanners }: Kept, device: string): void => {
  const scanner = scanners.get(device);
  if (scanner === undefined) return;
  addEvent(state, { kind: 'access.taken', door: scanner.door });
  setDoor(state, scanner.door, { passage: 'secure', lock: 'locked', contact: 'closed' });
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
      const isOwn = cardsOf(kept, viewer.person).some(({ id }) => id === cardOf(viewer));
      if (!isOwn) return undefined;
      kept.unheard.delete(cardOf(viewer)); // it is told now
      return meOf(kept, viewer);
    },
    challenge: () => {
      const nonce = toHex(state.ports.bytes(16));
      kept.nonces.add(nonce);
      return { nonce, expiresAt: iso(state.ports.nowMs() + 60_000) };
    },
    enrol: (viewer, proof) => enrol(kept, viewer, proof),
    setFrozen: (viewer, isFrozen) => {
      if (isFrozen) kept.frozen.add(cardOf(viewer));
      else kept.frozen.delete(cardOf(viewer));
      tellCard(kept, cardOf(viewer));
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
      for (const { id } of cardsOf(kept, person)) tellCard(kept, id);
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
    history: (viewer) => kept.uses.get(cardOf(viewer)) ?? [],
    scanners: () => [...kept.scanners.values()],
    scan: (device, text) => scan(kept, device, text),
    walk: (device) => {
      walk(kept, device);
    },
    listen: (viewer, hear) => {
      const ear = { viewer, hear };
      kept.ears.add(ear);
      const unheard = kept.unheard.get(cardOf(viewer)) ?? [];
      kept.unheard.delete(cardOf(viewer));
      for (const event of unheard) hear(event(viewer));
      return () => {
        kept.ears.delete(ear);
      };
    },
  };
};
