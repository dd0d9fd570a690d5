// needs: psql
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parsePass, passText } from '@gatehouse/protocols';
import modbusSerial from 'modbus-serial';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { enrolPhone, signIn } from './api.testing.ts';
import type { Session } from './api.testing.ts';
import {
  aheadMs,
  askDatabase,
  createLedger,
  inTime,
  pidOf,
  processesOf,
  readPlan,
  residentBytes,
  staffPhones,
} from './campus.testing.ts';
import type { Face, Ledger, Row, Shown } from './campus.testing.ts';
import { startDemo } from './demo.testing.ts';
import type { RunningDemo } from './demo.testing.ts';
import { createPhone } from './phone.ts';
import type { Phone } from './phone.ts';
import type { Plan } from './plan.ts';

// The real programs on their worst days: each is started, damaged and watched from outside, by the
// simulator's control port, the HTTP API and psql.

const programs = inject('programs');
const demoArgs = ['--traffic', 'off', '--people', '40'];

let demo: RunningDemo;
let plan: Plan;
let staff: readonly Phone[];
let admin: Session;
let ask: (query: string) => Promise<readonly Row[]>;
let ledger: Ledger;
/** A key that a person enrolled; it must outlive every bad day. */
let enrolled: Phone;

/** Lamp, beeper and display of each reason, as docs/codes.md has them. */
const faces = {
  granted: { lamp: 'green', tone: 'ok', text: '请通行' },
  not_a_pass: { lamp: 'red', tone: 'no', text: '不是动态码' },
  unknown_credential: { lamp: 'red', tone: 'no', text: '未知凭证' },
  revoked: { lamp: 'red', tone: 'no', text: '凭证已吊销' },
  frozen: { lamp: 'red', tone: 'no', text: '此卡已挂失' },
  expired: { lamp: 'amber', tone: 'again', text: '码已过期' },
  from_future: { lamp: 'amber', tone: 'again', text: '手机时间偏快' },
  show_next_code: { lamp: 'amber', tone: 'again', text: '请刷新再扫' },
  bad_signature: { lamp: 'red', tone: 'no', text: '此码无法验证' },
  wrong_kind: { lamp: 'amber', tone: 'again', text: '这是消费码' },
  used: { lamp: 'amber', tone: 'again', text: '此码已使用' },
  no_right: { lamp: 'red', tone: 'no', text: '无通行权限' },
} as const;

const phone = (n = 0): Phone => {
  const one = staff[n % staff.length];
  if (one === undefined) throw new Error('nobody of the staff');
  return one;
};

/** `gateway/code/subject` of each, as the console lists them. */
const conditions = async (): Promise<readonly string[]> => {
  type Now = { readonly conditions: readonly { readonly id: string }[] };
  const now = await admin.get<Now>('/api/console/now');
  return now.conditions.map(({ id }) => id);
};

/** How often the gateway itself has written that a condition began or ended. */
const told = async (kind: 'raised' | 'cleared', code: string, subject: string): Promise<number> => {
  const rows = await ask(`select 1 from event where kind = 'condition.${kind}'
    and data->>'code' = '${code}' and data->>'subject' = '${subject}'`);
  return rows.length;
};

const faceOf = ({ lamp, tone, text }: Shown): Face => ({ lamp, tone, text });

/** Holds codes until one opens: a scanner may still be on its way back. */
const openAt = (reader: string, owner: Phone, agoMs = aheadMs): Promise<Shown> =>
  vi.waitFor(async () => {
    const shown = await ledger.hold(reader, owner.show('door', agoMs));
    expect(shown).toMatchObject(faces.granted);
    return shown;
  }, inTime);

const gates = ['east-gate-1-in', 'lab-hall-1-in', 'north-gate-1-in'] as const;

/** While it runs, people go through one door of each building, one after the other. */
const inACrowd = async (run: () => Promise<void>): Promise<void> => {
  let isOn = true;
  const people = gates.map(async (reader, i) => {
    for (let n = i; isOn; n += gates.length) {
      await ledger.hold(reader, phone(n).show('door', aheadMs));
      await sleep(250);
    }
  });
  try {
    await run();
  } finally {
    isOn = false;
    await Promise.all(people);
  }
};

/** So many more of them went in at each gate, whatever else goes on. */
const untilOpened = async (more: number): Promise<void> => {
  const opened = (reader: string): number =>
    ledger.shown.filter((one) => one.reader === reader && one.reason === 'granted').length;
  const before = new Map(gates.map((reader) => [reader, opened(reader)]));
  await vi.waitFor(() => {
    for (const reader of gates) {
      expect(opened(reader) - (before.get(reader) ?? 0)).toBeGreaterThanOrEqual(more);
    }
  }, inTime);
};

const isHealthy = async (): Promise<void> => {
  expect((await fetch(`${demo.url}/healthz`)).status).toBe(200);
};

beforeAll(async () => {
  demo = await startDemo({ args: demoArgs });
  plan = await readPlan(demo.dataDir);
  staff = staffPhones(plan);
  ask = askDatabase(programs.psql ?? 'psql', demo.dataDir);
  ledger = createLedger({ control: () => demo.control, ask });
  admin = await signIn(demo.url, '刘洋');
});

afterAll(async () => {
  await demo.kill('SIGTERM');
  await demo.remove();
});

describe('right after a first start', () => {
  it('asks for the next code after one of before, and its row says so', async () => {
    await vi.waitFor(async () => {
      const shown = await ledger.hold('east-gate-1-in', phone().show('door', 60_000));
      expect(shown).toMatchObject(faces.show_next_code);
    }, inTime);
    await ledger.settled();
  });

  it.each([
    [
      'the same port',
      (port: string, data: string) => [port, join(data, 'second')],
      /^Port \d+ is taken/,
    ],
    ['the same data', (_: string, data: string) => ['1', data], /^A demo campus already runs on /],
  ])('a second demo on %s ends with a sentence', async (_case, where, sentence) => {
    const [port = '', data = ''] = where(new URL(demo.url).port, demo.dataDir);
    const main = resolve(import.meta.dirname, 'main.ts');
    const args = [main, '--json', '--port', port, '--data', data, ...demoArgs];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, 'exit')) as [number | null];
    expect({ code, said }).toEqual({ code: 1, said: expect.stringMatching(sentence) as string });
    expect(said).not.toMatch(/^\s+at /m);
    await isHealthy();
  });
});

/** Bytes on a scanner's wire, so many times over. */
const pour = (reader: string, bytes: Uint8Array, repeat = 1): Promise<Row> =>
  demo.control(`/devices/${reader}/raw`, { hex: Buffer.from(bytes).toString('hex'), repeat });

describe('hostile text on a scanner', () => {
  const noisy = 'library-main-1-in';
  const megabyte = 1024 * 1024;

  it('costs no memory and no door; the condition names the scanner', async () => {
    const pid = await pidOf(demo.dataDir, 'gw-library.yaml');
    await openAt(noisy, phone());
    const before = await residentBytes(pid);
    let peak = before;
    let isOver = false;
    const watch = (async () => {
      while (!isOver) {
        peak = Math.max(peak, await residentBytes(pid));
        await sleep(50);
      }
    })();
    const printable = Buffer.from('A'.repeat(1024));
    await pour(noisy, printable, 10 * 1024);
    await openAt('east-gate-1-in', phone(1));
    for (let i = 0; i < 10; i += 1) {
      await pour(noisy, randomBytes(64 * 1024), 16);
      await openAt('east-gate-2-in', phone(2 + i));
      // Half a frame each time, which no terminator ever ends.
      await pour(noisy, Buffer.from('HALF A FRAME'));
      await sleep(300);
    }
    await vi.waitFor(async () => {
      expect(await conditions()).toContain(`gw-library/reader_noisy/${noisy}`);
    }, inTime);
    await openAt(noisy, phone());
    isOver = true;
    await watch;
    expect(await pidOf(demo.dataDir, 'gw-library.yaml')).toBe(pid);
    expect((peak - before) / megabyte).toBeLessThan(40);
    const readers = (await conditions()).filter((id) => /\/(?:reader|serial)_/.test(id));
    expect(readers).toEqual([`gw-library/reader_noisy/${noisy}`]);
  });
});

describe('every refusal, on every side', () => {
  const reader = 'east-gate-3-in';
  const stranger = (): Phone =>
    createPhone({
      campus: plan.campus,
      credential: randomBytes(8).toString('hex'),
      secret: randomBytes(32).toString('hex'),
      nowMs: Date.now,
    });
  /** One bit of the signature, which the pass itself cannot show. */
  const flipped = (text: string): string => {
    const parsed = parsePass(text);
    if (!parsed.ok) throw new Error('not a pass');
    const bytes = parsed.pass.bytes.slice();
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    return passText(bytes);
  };
  const refusal = async (at: string, text: string, reason: keyof typeof faces): Promise<void> => {
    expect(await ledger.hold(at, text)).toMatchObject(faces[reason]);
  };

  it.each([
    ['a stranger’s key', 'unknown_credential', () => stranger().show('door')],
    ['a code of two minutes ago', 'expired', () => phone().show('door', 120_000)],
    ['a clock that is a minute fast', 'from_future', () => phone().show('door', -60_000)],
    ['one flipped bit', 'bad_signature', () => flipped(phone().show('door', aheadMs))],
    ['a code for paying', 'wrong_kind', () => phone().show('pay', aheadMs)],
  ] as const)('%s: %s', async (_case, reason, code) => {
    await refusal(reader, code(), reason);
    await ledger.settled();
  });

  it('something else than a pass: not_a_pass, one row', async () => {
    const rows = () =>
      ask(`select 1 from event where kind = 'access.denied' and device = 'north-gate-2-in'
        and data->>'reason' = 'not_a_pass'`);
    expect(await rows()).toHaveLength(0);
    await refusal('north-gate-2-in', 'HTTPS://EXAMPLE.ORG/MENU', 'not_a_pass');
    await vi.waitFor(async () => expect(await rows()).toHaveLength(1), inTime);
  });

  it('no rule for the door: no_right', async () => {
    await refusal('canteen-store-in', phone().show('door', aheadMs), 'no_right');
    await ledger.settled();
  });

  it('the same code again: used; on the way out it opens and says so', async () => {
    const code = phone().show('door', aheadMs);
    expect(await ledger.hold(reader, code)).toMatchObject(faces.granted);
    await refusal('east-gate-2-in', code, 'used');
    const out = await ledger.hold('east-gate-2-out', code, 'exit_used');
    expect(out).toMatchObject(faces.granted);
    await ledger.settled();
  });
});

describe('a lost phone', () => {
  const reader = 'east-gate-1-in';
  let owner: Session;
  beforeAll(async () => {
    owner = await signIn(demo.url, '韩梅梅');
    enrolled = await enrolPhone(owner);
  });
  /** Told to every gateway. */
  const spread = (): Promise<void> =>
    vi.waitFor(async () => {
      type Me = { readonly spread: { readonly have: number; readonly of: number } };
      expect((await owner.get<Me>('/api/me')).spread).toMatchObject({ have: 3, of: 3 });
    }, inTime);

  it('is enrolled, and opens', async () => {
    await openAt(reader, enrolled);
  });

  it('opens nothing while the card is frozen, and again afterwards', async () => {
    await owner.post('/api/me/freeze');
    await spread();
    const shown = await ledger.hold(reader, enrolled.show('door', aheadMs));
    expect(shown).toMatchObject(faces.frozen);
    await owner.post('/api/me/unfreeze');
    await spread();
    await openAt(reader, enrolled);
    await ledger.settled();
  });

  it('opens nothing once another one is enrolled', async () => {
    const lost = enrolled;
    enrolled = await enrolPhone(owner);
    await spread();
    await openAt(reader, enrolled);
    // Revoked where the revocation is first; unknown once the policy has dropped the key as well.
    const shown = await ledger.hold(reader, lost.show('door', aheadMs));
    expect([faces.revoked, faces.unknown_credential]).toContainEqual(faceOf(shown));
    await ledger.settled();
  });
});

describe('kill -9', () => {
  it('of a gateway: it comes back, locks what was left open, and keeps every row', async () => {
    const door = 'east-gate-2';
    const { listen } = await demo.control(`/devices/${door}-ctl`);
    const { hostname, port } = new URL(String(listen));
    const hand = new modbusSerial.default();
    await hand.connectTCP(hostname, { port: Number(port) });
    hand.setID(1);
    let counter = 0;
    await inACrowd(async () => {
      await untilOpened(2);
      process.kill(await pidOf(demo.dataDir, 'gw-library.yaml'), 'SIGKILL');
      await hand.writeCoil(0, true);
      expect(await demo.control(`/devices/${door}-ctl`)).toMatchObject({
        outputs: { entry: { on: true } },
      });
      ({ counter } = await openAt(`${door}-in`, phone(3)));
      await untilOpened(2);
    });
    hand.close(() => undefined);
    await ledger.settled();
    // In the order of the journal: first locked, then opened for somebody.
    const rows = await ask(`select kind, data from event where gateway = 'gw-library'
      and stream = 'main' and epoch = (select epoch from event where door = '${door}'
        and kind = 'access.granted' and data->>'counter' = '${counter}')
      and (door = '${door}' or kind = 'gateway.started')
      and kind in ('gateway.started', 'door.relocked', 'access.granted') order by seq`);
    expect(rows.slice(0, 3)).toMatchObject([
      { kind: 'gateway.started', data: { clean: false } },
      { kind: 'door.relocked', data: { outputs: ['entry'] } },
      { kind: 'access.granted' },
    ]);
    await vi.waitFor(async () => {
      expect(await demo.control(`/devices/${door}-ctl`)).toMatchObject({
        outputs: { entry: { on: false } },
      });
    }, inTime);
  });

  it.each([
    ['the cloud', () => pidOf(demo.dataDir, 'cloud.yaml')],
    ['its database', () => Promise.resolve(postmaster())],
  ])('of %s: doors go on, and nothing is lost or doubled', async (_case, victim) => {
    await inACrowd(async () => {
      await untilOpened(2);
      process.kill(await victim(), 'SIGKILL');
      await untilOpened(5);
      await vi.waitFor(isHealthy, inTime);
      await untilOpened(2);
    });
    await ledger.settled();
  });

  it('of every device at once: their doors are unknown, and come back locked', async () => {
    const ids = ['gw-library/device_silent/east-gate-1-ctl', 'gw-lab/serial_lost/lab-hall-1-in'];
    const before = await told('raised', 'device_silent', 'east-gate-1-ctl');
    process.kill(await pidOf(demo.dataDir, 'sim.yaml'), 'SIGKILL');
    await vi.waitFor(async () => {
      expect(await told('raised', 'device_silent', 'east-gate-1-ctl')).toBe(before + 1);
    }, inTime);
    await vi.waitFor(async () => {
      expect((await conditions()).filter((id) => ids.includes(id))).toEqual([]);
    }, inTime);
    await Promise.all(gates.map((reader, i) => openAt(reader, phone(i))));
    for (const [code, subject] of [
      ['device_silent', 'east-gate-1-ctl'],
      ['serial_lost', 'lab-hall-1-in'],
    ] as const) {
      await vi.waitFor(async () => {
        expect(await told('cleared', code, subject)).toBe(await told('raised', code, subject));
      }, inTime);
    }
    await ledger.settled();
  });

  it('of the demo itself, which is started again at once: nothing is forgotten', async () => {
    const port = Number(new URL(demo.url).port);
    await demo.kill('SIGKILL');
    demo = await startDemo({ args: demoArgs, dataDir: demo.dataDir, port });
    await openAt('east-gate-1-in', enrolled);
    await Promise.all(gates.map((reader, i) => openAt(reader, phone(i))));
    await ledger.settled();
  });
});

describe('afterwards', () => {
  it('the noise is over, and nothing else is wrong', async () => {
    admin = await signIn(demo.url, '刘洋');
    await vi.waitFor(async () => expect(await conditions()).toEqual([]), {
      timeout: 90_000,
      interval: 500,
    });
    expect(await told('raised', 'reader_noisy', 'library-main-1-in')).toBe(1);
    expect(await ask('select * from gap')).toEqual([]);
    expect(await ask('select fault from quarantined_batch')).toEqual([]);
    expect(await ask('select * from consumer_quarantine')).toEqual([]);
  });

  it('kill -9 of the demo leaves nothing running', async () => {
    expect((await processesOf(demo.dataDir)).length).toBeGreaterThan(5);
    await demo.kill('SIGKILL');
    await vi.waitFor(
      async () => expect((await processesOf(demo.dataDir)).map((left) => left.command)).toEqual([]),
      { timeout: 15_000, interval: 100 },
    );
  });
});

const postmaster = (): number => {
  const file = join(demo.dataDir, 'cloud', 'postgres', 'pgdata', 'postmaster.pid');
  return Number.parseInt(readFileSync(file, 'utf8'), 10);
};
