import { describe, expect, it } from 'vitest';
import {
  downFilter,
  downTopic,
  downTopics,
  mayUseTopic,
  parseTopic,
  upFilter,
  upTopic,
  upTopics,
} from './topics.ts';

describe('topics', () => {
  it('read back what they wrote', () => {
    for (const name of upTopics) {
      expect(parseTopic(upTopic('gw-1', name))).toEqual({ gateway: 'gw-1', direction: 'up', name });
    }
    for (const name of downTopics) {
      const read = parseTopic(downTopic('gw-1', name));
      expect(read).toEqual({ gateway: 'gw-1', direction: 'down', name });
    }
  });

  it('are the words of the wire', () => {
    expect([upTopic('gw-1', 'batch'), downFilter('gw-1'), upFilter(), upFilter('gw-1')]).toEqual([
      'gh/v1/gw-1/up/batch',
      'gh/v1/gw-1/down/#',
      'gh/v1/+/up/#',
      'gh/v1/gw-1/up/#',
    ]);
  });

  it.each([
    '',
    'gh/v1/gw-1/up',
    'gh/v1/gw-1/up/',
    'gh/v1/gw-1/up/batch/',
    'gh/v1/gw-1/up/batch/x',
    'gh/v1/gw-1/up/batch\n',
    '/gh/v1/gw-1/up/batch',
    'gh/v2/gw-1/up/batch',
    'gh/v1/GW-1/up/batch',
    'gh/v1/-gw/up/batch',
    'gh/v1//up/batch',
    'gh/v1/../up/batch',
    'gh/v1/+/up/batch',
    'gh/v1/gw-1/+/batch',
    'gh/v1/gw-1/up/#',
    'gh/v1/gw-1/sideways/batch',
    `gh/v1/${'g'.repeat(41)}/up/batch`,
    '$share/group/gh/v1/gw-1/up/batch',
    '$SYS/broker',
  ])('%j is none of ours', (topic) => {
    expect(parseTopic(topic)).toBeUndefined();
  });
});

// who | what | topic | may
const rights: readonly (readonly [string, 'publish' | 'subscribe', string, boolean])[] = [
  ['gw-1', 'publish', 'gh/v1/gw-1/up/batch', true],
  ['gw-1', 'publish', 'gh/v1/gw-1/up/death', true],
  ['gw-1', 'publish', 'gh/v1/gw-2/up/batch', false],
  ['gw-1', 'publish', 'gh/v1/gw-1/down/command', false],
  ['gw-1', 'publish', 'gh/v1/gw-1/up/other', false],
  ['gw-1', 'publish', 'gh/v1/gw-1/up/#', false],
  ['gw-1', 'subscribe', 'gh/v1/gw-1/down/#', true],
  ['gw-1', 'subscribe', 'gh/v1/gw-1/down/command', false],
  ['gw-1', 'subscribe', 'gh/v1/gw-2/down/#', false],
  ['gw-1', 'subscribe', 'gh/v1/+/down/#', false],
  ['gw-1', 'subscribe', 'gh/v1/gw-1/up/#', false],
  ['gw-1', 'subscribe', '#', false],
  ['gw-1', 'subscribe', '$share/x/gh/v1/gw-1/down/#', false],
  ['+', 'publish', 'gh/v1/gw-1/up/batch', false],
  ['+', 'subscribe', 'gh/v1/gw-1/down/#', false],
];

describe('a gateway writes its own up and reads its own down', () => {
  it.each(rights)('%s may %s %s: %s', (who, action, topic, may) => {
    expect(mayUseTopic(who, action, topic)).toBe(may);
  });

  it('a client whose id is a wildcard gets nothing', () => {
    expect(mayUseTopic('+', 'subscribe', downFilter('+'))).toBe(false);
    expect(mayUseTopic('+', 'publish', upTopic('+', 'batch'))).toBe(false);
  });
});
