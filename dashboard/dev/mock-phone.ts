import {
  doorReaderAudiences,
  fromBase64Url,
  judgePass,
  parsePass,
  reasonRow,
  toHex,
  utf8,
} from '@gatehouse/protocols';
import type {
  EnrolledView,
  MeView,
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
  | { readonly event: 'me'; readonly data: MeView };

type Credential = {
  readonly id: string;
  readonly person: PersonView;
  readonly rawKey: Uint8Array;
  readonly enrolledAt: string;
  mark: PassMark | undefined;
};

export type MockPhones = {
  readonly me: (person: PersonView) => MeView;
  readonly challenge: () => { readonly nonce: string; readonly expiresAt: string };
  /** Undefined where the proof does not hold. */
  readonly enrol: (person: PersonView, proof: string) => EnrolledView | undefined;
  readonly setFrozen: (person: PersonView, isFrozen: boolean) => MeView;
  readonly history: (person: PersonView) => readonly UseView[];
  readonly scanners: () => readonly ScannerView[];
  readonly scan: (device: string, text: string) => ScannerView | undefined;
  readonly walk: (device: string) => void;
  readonly listen: (person: PersonView, hear: (event: PhoneEvent) => void) => () => void;
};

type Kept = {
  readonly state: MockState;
  readonly credentials: Map<string, Credential>;
  readonly frozen: Set<string>;
  readonly uses: Map<string, UseView[]>;
  readonly scanners: Map<string, ScannerView>;
  readonly nonces: Set<string>;
  readonly ears: Map<string, Set<(event: PhoneEvent) => void>>;
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

const meOf = (kept: Kept, person: PersonView): MeView => {
  const live = [...kept.credentials.values()].find((each) => each.person.id === person.id);
  return {
    person,
    card: {
      id: person.id,
      number: `20240${person.id.slice(-4)}`,
      state: kept.frozen.has(person.id) ? 'frozen' : 'active',
      validTo: iso(kept.state.ports.nowMs() + 30_000_000_000),
    },
    credential:
      live === undefined ? null : { id: live.id, alg: 'ES256', enrolledAt: live.enrolledAt },
    spread: { have: 2, of: 3 },
    doors: [...kept.state.doors.values()]
      .filter(({ class: kind }) => kind !== 'store' && kind !== 'exit')
      .map(({ id, name, buildingName, class: kind }) => ({
        ...{ id, name, buildingName },
        open: kind !== 'lab',
      })),
  };
};

const tell = (kept: Kept, person: PersonView, event: PhoneEvent): void => {
  for (const hear of kept.ears.get(person.id) ?? []) hear(event);
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

const enrol = (kept: Kept, person: PersonView, proof: string): EnrolledView | undefined => {
  const { ports } = kept.state;
  const read = readProof(kept, proof);
  if (read === undefined || !kept.nonces.delete(read.nonce)) return undefined;
  for (const { id, person: owner } of kept.credentials.values()) {
    if (owner.id === person.id) kept.credentials.delete(id);
  }
  const id = toHex(ports.bytes(8));
  const enrolledAt = iso(ports.nowMs());
  kept.credentials.set(id, { id, person, rawKey: read.rawKey, enrolledAt, mark: undefined });
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
  tell(kept, credential.person, { event: 'use', data: use });
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
    ears: new Map(),
  };
  return {
    me: (person) => meOf(kept, person),
    challenge: () => {
      const nonce = toHex(state.ports.bytes(16));
      kept.nonces.add(nonce);
      return { nonce, expiresAt: iso(state.ports.nowMs() + 60_000) };
    },
    enrol: (person, proof) => enrol(kept, person, proof),
    setFrozen: (person, isFrozen) => {
      if (isFrozen) kept.frozen.add(person.id);
      else kept.frozen.delete(person.id);
      const me = meOf(kept, person);
      tell(kept, person, { event: 'me', data: me });
      return me;
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
    listen: (person, hear) => {
      const own = kept.ears.get(person.id) ?? new Set();
      kept.ears.set(person.id, own.add(hear));
      return () => {
        own.delete(hear);
      };
    },
  };
};
