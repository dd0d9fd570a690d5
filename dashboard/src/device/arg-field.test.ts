import type { ModelValueView } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { boundsOf, readArg, readArgs, startText } from './arg-field.ts';

const model = (change: Partial<ModelValueView>): ModelValueView => ({
  ...{ name: 'it', norm: null, title: { zh: '它', en: 'It' }, type: 'integer' as const },
  ...{ items: null, itemsMax: null, unit: null, min: null, max: null, charsMax: null },
  ...{ default: null, values: [] },
  ...change,
});

const fen = model({ unit: 'fen', min: 1, max: 50_000 });
const ms = model({ unit: 'ms', min: 100, max: 30_000, default: 3_000 });
const box = model({ min: 1, max: 24 });
const offset = model({ type: 'number', unit: 'Cel', min: -5, max: 5 });
const note = model({ type: 'text', charsMax: 4 });
const lamp = model({ type: 'enum', values: [{ value: 'red', title: { zh: '红', en: 'red' } }] });
const boxes = model({ type: 'list', items: 'integer', itemsMax: 3 });

// what is typed | the argument, or why it is none
const table: readonly (readonly [name: string, ModelValueView, typed: string, found: unknown])[] = [
  ['yuan', fen, '12.5', 1250],
  ['yuan with the sign and spaces', fen, ' ¥ 12.50 ', 1250],
  ['whole yuan', fen, '7', 700],
  ['a tenth that no binary fraction holds', fen, '0.29', 29],
  ['part of a fen', fen, '0.005', 'not_whole'],
  ['too little', fen, '0', 'too_small'],
  ['too much', fen, '500.01', 'too_big'],
  ['seconds', ms, '3', 3000],
  ['parts of a second', ms, '0.25', 250],
  ['less than the device takes', ms, '0.05', 'too_small'],
  ['a whole number', box, '24', 24],
  ['no whole number', box, '2.5', 'not_whole'],
  ['beyond the bank', box, '25', 'too_big'],
  ['words', box, 'two', 'no_number'],
  ['hex', box, '0x10', 'no_number'],
  ['a power', box, '1e1', 'no_number'],
  ['nothing', box, '  ', 'needed'],
  ['a number below zero', offset, '-1.5', -1.5],
  ['a decimal comma', offset, '1,5', 1.5],
  ['text', note, '咖啡', '咖啡'],
  ['text that is too long', note, 'latte', 'too_long'],
  ['a choice', lamp, 'red', 'red'],
  ['no choice of the list', lamp, 'blue', 'needed'],
  ['yes', model({ type: 'boolean' }), 'true', true],
  ['a list', boxes, '1, 5，7', [1, 5, 7]],
  ['a list that is too long', boxes, '1 2 3 4', 'too_many'],
  ['a list with a word', boxes, '1, x', 'no_number'],
];

describe('an argument', () => {
  for (const [name, of, typed, found] of table) {
    it(`${name}: ${typed}`, () => {
      const read = readArg(of, typed);
      expect(read.ok ? read.value : read.problem).toEqual(found);
    });
  }

  it('is what stood there at first', () => {
    const starts = [ms, model({ unit: 'fen', default: 1250 }), model({ default: 5 }), box].map(
      startText,
    );
    expect(starts).toEqual(['3', '12.50', '5', '']);
  });

  it('is read back as the amount that was shown', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50_000 }), (amount) => {
        const read = readArg(fen, startText({ ...fen, default: amount }));
        expect(read).toEqual({ ok: true, value: amount });
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 30_000 }), (time) => {
        expect(readArg(ms, startText({ ...ms, default: time }))).toEqual({ ok: true, value: time });
      }),
    );
  });
});

describe('a form', () => {
  it('has all arguments, or says what is wrong where', () => {
    const models = [
      { ...box, name: 'box' },
      { ...ms, name: 'ms' },
    ];
    expect(readArgs(models, { box: '4', ms: '1' })).toEqual({
      args: { box: 4, ms: 1000 },
      problems: {},
    });
    expect(readArgs(models, { ms: '99' })).toEqual({
      args: {},
      problems: { box: 'needed', ms: 'too_big' },
    });
  });

  it('tells the bounds in the unit that is typed', () => {
    expect(boundsOf(fen, 'zh')).toEqual({
      key: 'between',
      values: { min: '¥0.01', max: '¥500.00' },
    });
    expect(boundsOf(model({ min: 0 }), 'en')?.key).toBe('atLeast');
    expect(boundsOf(model({ max: 9 }), 'en')?.key).toBe('atMost');
    expect(boundsOf(note, 'en')).toBeNull();
  });
});
