import { parseClaimAsk, toBase64Url, utf8 } from '@gatehouse/protocols';
import type { ClaimAnswer } from '@gatehouse/protocols';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { claimGroup, createGroupGateway } from '../testing/claim-group.ts';
import type { GroupGateway, GroupGatewayOptions } from '../testing/claim-group.ts';
import { createMemoryClaims } from '../testing/memory-claims.ts';
import { people, tuesdayTenMs } from '../testing/small-campus.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { askBurst, judgingMax } from './authority.ts';
import { missesMax, silentAfterMs } from './member.ts';

const group = claimGroup('gw-1', 'gw-2', 'gw-3');
const uuid = '019ab0c4-5d00-7000-8000-000000000001';

/** Three gateways of a group on one network; the first is the authority. */
const createScene = async () => {
  const clock = createVirtualClock(tuesdayTenMs);
  const network = createMemoryClaims(clock);
  const start = (gateway: string, more: Partial<GroupGatewayOptions> = {}): GroupGateway =>
    createGroupGateway({ gateway, clock, claims: network.ports, group, ...more });
  const [first, second, third] = [start('gw-1'), start('gw-2'), start('gw-3')];
  await clock.advance(1_000);
  const iat = (): number => Math.floor(clock.nowMs() / 1000);
  const code = (counter: number, at = iat()): string =>
    people.staff.phone.text({ iat: at, counter });
  const askOf = (counter: number, claimId = uuid) => ({
    claimId,
    pass: toBase64Url(people.staff.phone.pass({ iat: iat(), counter })),
    audience: 'campus-01',
    door: 'cloud',
  });
  /** The same code at several gateways in one moment. */
  const race = async (text: string, ...at: readonly GroupGateway[]): Promise<void> => {
    const all = at.map((each) => each.scan(text));
    await clock.advance(300);
    await Promise.all(all);
  };
  return { clock, network, start, first, second, third, code, askOf, race };
};

const opens = (...all: readonly GroupGateway[]): readonly number[] =>
  all.map(({ opened }) => opened.length);

describe('a claim group whose authority answers', () => {
  it.each([
    ['at two members', ['second', 'third']],
    ['at the authority and a member', ['first', 'second']],
    ['at a member and the authority', ['second', 'first']],
    ['everywhere', ['third', 'second', 'first']],
  ] as const)('opens once for one code %s', async (_, names) => {
    const scene = await createScene();
    const at = names.map((name) => scene[name]);
    await scene.race(scene.code(1), ...at);
    expect(opens(...at).reduce((a, b) => a + b)).toBe(1);
    const decisions = at.flatMap((each) => each.decisions()).toSorted();
    const refused = at.slice(1).map(() => 'group used');
    // At the reader of the authority a taken mark is its own word, and that of the group.
    expect(decisions).toEqual(['group granted', ...refused]);
  });

  it('has each grant of a member on its own disk before it says so', async () => {
    const { clock, first, second, code } = await createScene();
    first.journal.mood = 'hangs';
    const scan = second.scan(code(1));
    await clock.advance(20);
    expect(opens(second)).toEqual([0]);
    first.journal.release();
    await clock.advance(5);
    await scan;
    expect(first.journal.marks.get(people.staff.phone.credential)?.counter).toBe(1);
    expect(second.decisions()).toEqual(['group granted']);
  });

  it('finds the claim in the decision, and sends evidence to the authority alone', async () => {
    const { second, network, race, code } = await createScene();
    await race(code(1), second);
    const claim = parseClaimAsk(utf8(network.asks[0] ?? ''));
    const [event] = second.journal.events();
    expect(event?.data).toMatchObject({ claimId: claim?.ask.claimId, basis: 'group' });
    expect(event?.evidence).toBe(claim?.ask.pass);
  });

  it('hears of a freeze that the member has not heard of', async () => {
    const { first, second, race, code } = await createScene();
    const what = { kind: 'card.frozen', card: people.staff.card } as const;
    first.revocations.offer({ policyEpoch: 1, n: 1, at: 1, what });
    await race(code(1), second);
    expect(second.decisions()).toEqual(['group frozen']);
  });

  it.each([
    [{ why: 'lapsed' }, 'group lapsed'],
    [{}, 'group revoked'],
  ] as const)('hears why a key ended, %o: %s', async (why, decision) => {
    const { first, second, race, code } = await createScene();
    const { credential } = people.staff.phone;
    const what = { kind: 'credential.revoked', credential, ...why } as const;
    first.revocations.offer({ policyEpoch: 1, n: 1, at: 1, what });
    await race(code(1), second);
    expect(second.decisions()).toEqual([decision]);
  });

  it('judges what is used in the cloud by the same marks', async () => {
    const { first, second, race, code, askOf } = await createScene();
    const ask = utf8(JSON.stringify(askOf(1)));
    expect(await first.claims.onCloudAsk(ask)).toEqual({ claimId: uuid, verdict: 'granted' });
    expect(await first.claims.onCloudAsk(ask)).toEqual({ claimId: uuid, verdict: 'granted' });
    expect(await second.claims.onCloudAsk(ask)).toBeUndefined();
    await race(code(1), second);
    expect(second.decisions()).toEqual(['group used']);
  });
});

describe('an authority that does not answer', () => {
  it.each([
    // Each way of the network.
    ['in time, by a hair', 39, ['group granted'], []],
    ['too late, by a hair', 41, ['island granted?'], []],
  ] as const)('%s', async (_, delayMs, decisions, active) => {
    const { network, second, race, code } = await createScene();
    network.delayMs = delayMs;
    await race(code(1), second);
    expect(second.decisions()).toEqual(decisions);
    expect(second.conditions.active()).toEqual(active);
  });

  it('is called silent after three asks, and found by the next answer', async () => {
    const { clock, network, second, race, code } = await createScene();
    network.mood = 'mute';
    for (let n = 1; n <= missesMax; n += 1) {
      expect(second.conditions.active()).toEqual([]);
      await race(code(n), second);
      // Its door is closed again: the next code is another attempt.
      await clock.advance(3_000);
    }
    expect(second.conditions.active()).toMatchObject([{ code: 'claim_silent', subject: 'gw-2' }]);
    expect(second.claims.report()).toMatchObject({ claim: { authority: 'silent' } });
    network.mood = 'well';
    await race(code(9), second);
    expect(second.decisions().at(-1)).toBe('group granted');
    expect(second.conditions.active()).toEqual([]);
    expect(second.claims.report()).toMatchObject({ claim: { authority: 'reachable' } });
  });

  it('keeps nobody waiting where the connection is gone', async () => {
    const { clock, network, second, code } = await createScene();
    network.cut();
    await second.scan(code(1));
    expect(second.decisions()).toEqual(['island granted?']);
    expect(second.conditions.active()).toEqual([]);
    await clock.advance(silentAfterMs);
    expect(second.conditions.active()).toMatchObject([{ code: 'claim_silent', detail: 'gw-1' }]);
  });

  it('frees who waits when the connection ends', async () => {
    const { clock, network, second, code } = await createScene();
    network.mood = 'mute';
    const scan = second.scan(code(1));
    await clock.settle();
    network.cut();
    await scan;
    expect(second.decisions()).toEqual(['island granted?']);
  });

  it('refuses what it cannot write, so that the member decides alone', async () => {
    const { first, second, third, race, code } = await createScene();
    first.journal.mood = 'fails';
    await race(code(1), second);
    expect(second.decisions()).toEqual(['island granted?']);
    first.journal.mood = 'well';
    await race(code(1), third);
    expect(third.decisions()).toEqual(['group granted']);
  });
});

describe('a network cut in two', () => {
  it('lets one code in on each side, both provisional, and is one again afterwards', async () => {
    const { clock, network, first, second, third, race, code } = await createScene();
    network.cut();
    const [shared, later] = [code(1), code(2)];
    await race(shared, first, second);
    expect(opens(first, second)).toEqual([1, 1]);
    expect([first.decisions(), second.decisions()]).toEqual([
      ['group granted'],
      ['island granted?'],
    ]);
    await clock.advance(3_000);
    await race(later, second);
    network.mend();
    await clock.advance(15_000);
    // What the island let in moves the marks of all, while its passes could still be shown.
    await race(later, third);
    expect(third.decisions()).toEqual(['group used']);
    expect(second.conditions.active()).toEqual([]);
  });

  it('tells no pass that could not be shown any more', async () => {
    const { clock, network, second, race, code } = await createScene();
    network.cut();
    await race(code(1), second);
    const asks = network.asks.length;
    await clock.advance(120_001);
    network.mend();
    await clock.advance(15_000);
    expect(network.connections()).toBe(2);
    expect(network.asks.length).toBe(asks);
  });
});

describe('an authority that was killed', () => {
  it('comes back with what it had granted, and fences what it may lack', async () => {
    const { clock, start, first, second, third, race, code } = await createScene();
    const [before, unseen] = [code(1), code(2)];
    await race(before, second);
    // Killed: nothing is said, and the journal keeps what was committed.
    await first.claims.stop();
    const again = start('gw-1', { journal: first.journal });
    await clock.advance(11_000);
    await race(before, third);
    expect(third.decisions()).toEqual(['group used']);
    // After an unclean start the fence stands.
    again.time.fence(clock.nowMs());
    await race(unseen, third);
    expect(third.decisions().at(-1)).toBe('group show_next_code');
    await clock.advance(31_000);
    await race(code(3), third);
    expect(third.decisions().at(-1)).toBe('group granted');
  });

  it('between its commit and its answer forgets nothing', async () => {
    const { clock, start, first, second, third, race, code, network } = await createScene();
    const text = code(1);
    network.tamper = () => [];
    await race(text, second);
    expect(second.decisions()).toEqual(['island granted?']);
    await first.claims.stop();
    start('gw-1', { journal: first.journal });
    network.tamper = (payload) => [payload];
    await clock.advance(11_000);
    await race(text, third);
    expect(third.decisions()).toEqual(['group used']);
  });

  it.each([-7_200_000, -40_000, 40_000, 7_200_000])(
    'whose clock steps by %i ms fences what came before',
    async (byMs) => {
      const { clock, second, third, race, code } = await createScene();
      clock.stepWall(byMs);
      await clock.advance(1_000);
      await race(code(1), second, third);
      expect(opens(second, third)).toEqual([0, 0]);
      await clock.advance(32_000);
      await race(code(2), second, third);
      expect(opens(second, third).reduce((a, b) => a + b)).toBe(1);
    },
  );
});

describe('an authority that lies', () => {
  const forged = (change: (answer: ClaimAnswer) => object) => (payload: string) => [
    // What our own authority has written.
    JSON.stringify(change(JSON.parse(payload) as ClaimAnswer)),
  ];

  it('opens no door twice here, whatever it grants', async () => {
    const { network, second, third, race, code, clock } = await createScene();
    network.tamper = forged((answer) => ({ ...answer, verdict: 'granted' }));
    const text = code(1);
    await race(text, second, third);
    // Found in the cloud: both rows carry the pass.
    expect(opens(second, third)).toEqual([1, 1]);
    await clock.advance(6_000);
    await race(text, second, third);
    expect(opens(second, third)).toEqual([1, 1]);
  });

  it.each<[string, (payload: string) => readonly string[]]>([
    ['of another claim', forged((answer) => ({ ...answer, claimId: uuid }))],
    ['of no word of ours', forged((answer) => ({ ...answer, verdict: 'perhaps' }))],
    ['that is too long', (payload) => [`${payload}${' '.repeat(600)}`]],
    ['that is no JSON', () => ['}{']],
  ])('by an answer %s is silent', async (_, tamper) => {
    const { network, second, race, code } = await createScene();
    network.tamper = tamper;
    await race(code(1), second);
    expect(second.decisions()).toEqual(['island granted?']);
  });

  it('by saying it twice is heard once', async () => {
    const { network, second, race, code } = await createScene();
    network.tamper = (payload) => [payload, payload];
    await race(code(1), second);
    expect(second.decisions()).toEqual(['group granted']);
    network.say(utf8(JSON.stringify({ claimId: uuid, verdict: 'used' })));
    expect(second.marks.of(people.staff.phone.credential)?.counter).toBe(1);
  });

  it('by refusing everybody locks out nobody for ever: a word moves no mark', async () => {
    const { network, second, race, code } = await createScene();
    network.tamper = forged((answer) => ({ ...answer, verdict: 'used' }));
    await race(code(1), second);
    expect(second.decisions()).toEqual(['group used']);
    expect(second.marks.of(people.staff.phone.credential)).toBeUndefined();
    network.cut();
    await race(code(2), second);
    expect(second.decisions().at(-1)).toBe('island granted?');
  });
});

describe('a member that was taken over', () => {
  const hostile = async () => {
    const scene = await createScene();
    const connection = await scene.network.ports.connect({
      ...{ group: 'east', member: 'gw-3', authority: 'gw-1', host: '', port: 1 },
    });
    const answers: unknown[] = [];
    connection.onAnswer(
      (payload) => void answers.push(JSON.parse(new TextDecoder().decode(payload))),
    );
    return { ...scene, ask: connection.ask, answers };
  };

  it('gets no word about what is no ask', async () => {
    const { clock, ask, answers, askOf } = await hostile();
    for (const text of ['', '{}', 'x'.repeat(10_000), JSON.stringify({ ...askOf(1), pass: 'x' })]) {
      ask(text);
    }
    await clock.advance(100);
    expect(answers).toEqual([]);
  });

  it('cannot have the grant of another by its claim id', async () => {
    const { clock, network, second, ask, answers, race, code } = await hostile();
    await race(code(1), second);
    ask(network.asks[0] ?? '');
    await clock.advance(100);
    expect(answers).toMatchObject([{ verdict: 'used' }]);
  });

  it('uses up only what it was shown', async () => {
    const { clock, second, ask, answers, askOf, race, code } = await hostile();
    const far = { ...askOf(0xffff_ffff), pass: toBase64Url(new Uint8Array(81).fill(0x12)) };
    const pass = people.staff.phone.pass({ iat: 1, counter: 1 });
    pass.set([0xff, 0xff, 0xff, 0xff], 13);
    ask(JSON.stringify(far));
    ask(JSON.stringify({ ...far, pass: toBase64Url(pass) }));
    await clock.advance(100);
    expect(answers).toMatchObject([{ verdict: 'unknown' }, { verdict: 'refused' }]);
    await race(code(1), second);
    expect(second.decisions()).toEqual(['group granted']);
  });

  it('is heard only so often, and the others as ever', async () => {
    const { clock, second, ask, answers, askOf, race, code } = await hostile();
    for (let n = 0; n < 3 * askBurst; n += 1) ask(JSON.stringify({ ...askOf(1), audience: 'x' }));
    await clock.advance(10);
    expect(answers.length).toBeLessThan(askBurst + 20);
    await race(code(1), second);
    expect(second.decisions()).toEqual(['group granted']);
  });

  it('cannot fill the memory while a disk hangs', async () => {
    const { clock, first, ask, answers, askOf } = await hostile();
    first.journal.mood = 'hangs';
    for (let n = 1; n <= judgingMax + 50; n += 1) {
      const id = `019ab0c4-5d00-7000-8000-${n.toString(16).padStart(12, '0')}`;
      ask(JSON.stringify(askOf(n, id)));
    }
    await clock.advance(10);
    expect(first.journal.waiting()).toBe(judgingMax);
    first.journal.release();
    await clock.advance(10);
    expect(answers).toHaveLength(judgingMax);
  });
});

describe('the part of a gateway in its group', () => {
  it('is said in the report', async () => {
    const { clock, network, first, second } = await createScene();
    expect(first.claims.report()).toMatchObject({ claim: { group: 'east', authority: 'self' } });
    expect(second.claims.report()).toMatchObject({ claim: { authority: 'reachable' } });
    network.cut();
    await clock.advance(silentAfterMs - 1);
    expect(second.claims.report()).toMatchObject({ claim: { authority: 'reachable' } });
    await clock.advance(1);
    const report = { group: 'east', authority: 'silent', since: clock.nowMs() };
    expect(second.claims.report()).toEqual({ claim: report });
  });

  it('changes with the policy, and leaves nothing behind', async () => {
    const { clock, network, first, second, third, race, code } = await createScene();
    const turned = { ...group, authority: 'gw-2' };
    for (const each of [second, first, third]) each.regroup(turned);
    await clock.advance(35_000);
    await race(code(1), first, second, third);
    expect(opens(first, second, third).reduce((a, b) => a + b)).toBe(1);
    expect(network.connections()).toBe(2);
    for (const each of [first, second, third]) await each.stop();
    expect([network.connections(), clock.timersWaiting()]).toEqual([0, 0]);
  });

  it('is said where the port of the group is taken, until it is free', async () => {
    const { clock, network, first } = await createScene();
    const squatter = createGroupGateway({
      ...{ gateway: 'gw-4', clock, claims: network.ports, group: claimGroup('gw-4') },
    });
    await clock.advance(1);
    expect(squatter.conditions.active()).toMatchObject([{ code: 'claim_silent' }]);
    await first.stop();
    await clock.advance(31_000);
    expect(squatter.conditions.active()).toEqual([]);
  });

  it('is nothing where the policy names no group', async () => {
    const clock = createVirtualClock(tuesdayTenMs);
    const { ports } = createMemoryClaims(clock);
    const alone = createGroupGateway({ gateway: 'gw-1', clock, claims: ports, group });
    expect(alone.claims.unasked()).toEqual({ basis: 'group' });
    await alone.stop();
    expect([alone.claims.report(), alone.claims.unasked()]).toEqual([{}, { basis: 'local' }]);
  });
});

describe('for any order of codes, cuts, losses and slow disks', () => {
  const at = fc.constantFrom<'first' | 'second' | 'third'>('first', 'second', 'third');
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('scan' as const), at, n: fc.nat(3) }) },
    fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(400) }),
    fc.record({ kind: fc.constant('delay' as const), ms: fc.nat(60) }),
    fc.record({ kind: fc.constantFrom('cut', 'mend', 'double', 'lose') }),
    fc.record({ kind: fc.constant('disk' as const), mood: fc.constantFrom('well', 'fails') }),
  );

  it('a pass opens once per gateway, and once on all words of the group together', () =>
    fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const scene = await createScene();
        const { clock, network } = scene;
        const running: Promise<void>[] = [];
        for (const one of steps) {
          if (one.kind === 'scan') running.push(scene[one.at].scan(scene.code(one.n)));
          else if (one.kind === 'wait') await clock.advance(one.ms);
          else if (one.kind === 'delay') network.delayMs = one.ms;
          else if (one.kind === 'disk') scene.first.journal.mood = one.mood;
          else if (one.kind === 'cut') network.cut();
          else if (one.kind === 'mend') network.mend();
          else network.tamper = (payload) => (one.kind === 'lose' ? [] : [payload, payload]);
        }
        await clock.advance(1_000);
        await Promise.all(running);
        const uses = [scene.first, scene.second, scene.third].flatMap(({ gateway, journal }) =>
          journal.events().flatMap(({ kind, data }) => {
            if (kind !== 'access.granted' || !('basis' in data)) return [];
            return [{ gateway, basis: data.basis, counter: data.counter }];
          }),
        );
        for (const [, same] of Map.groupBy(uses, ({ counter }) => counter)) {
          expect(new Set(same.map(({ gateway }) => gateway)).size).toBe(same.length);
          expect(same.filter(({ basis }) => basis === 'group').length).toBeLessThanOrEqual(1);
        }
        for (const each of [scene.first, scene.second, scene.third]) await each.stop();
        expect(clock.timersWaiting()).toBe(0);
      }),
      { numRuns: 120 },
    ));
});
