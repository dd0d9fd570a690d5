import type { EventView } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { everyLine, highlightsOf } from './passages.ts';

const event = (id: string, kind: string, cause?: string): EventView => ({
  id,
  kind,
  at: '2026-11-21T01:00:02Z',
  receivedAt: '2026-11-21T01:00:02Z',
  late: false,
  gateway: 'gw-1',
  gatewayName: { zh: '图书馆网关', en: 'Library gateway' },
  door: null,
  device: null,
  person: null,
  data: cause === undefined ? {} : { cause },
});

// what happened, newest first | the lines, with ✓ where the person went through
const table: readonly (readonly [name: string, events: readonly EventView[], lines: string])[] = [
  [
    'a passage is one line',
    [
      event('4', 'door.closed'),
      event('3', 'access.taken', '1'),
      event('2', 'door.opened', '1'),
      event('1', 'access.granted'),
    ],
    '1✓',
  ],
  ['a grant that nobody used yet', [event('1', 'access.granted')], '1'],
  [
    'each passage marks its own grant',
    [event('3', 'access.taken', '1'), event('2', 'access.granted'), event('1', 'access.granted')],
    '2 1✓',
  ],
  ['a passage whose grant is out of the list', [event('3', 'access.taken', '1')], ''],
  ['a door that stood open before', [event('1', 'door.opened')], ''],
  [
    'what somebody must see stays',
    [event('3', 'door.forced'), event('2', 'device.lost'), event('1', 'access.denied')],
    '3 2 1',
  ],
];

describe('the highlights of the feed', () => {
  it.each(table)('%s', (_, events, lines) => {
    const written = highlightsOf(events).map(
      (line) => line.event.id + (line.wentThrough ? '✓' : ''),
    );
    expect(written.join(' ')).toBe(lines);
  });
});

it('everything is every event', () => {
  const events = [event('2', 'access.taken', '1'), event('1', 'access.granted')];
  expect(everyLine(events).map((line) => line.event.id)).toEqual(['2', '1']);
});
