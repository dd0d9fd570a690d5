import { defaultSettings, Settings } from '@gatehouse/protocols';
import Value from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { daysIn, draftOf, settingsIn } from './settings-draft.ts';

describe('the settings of a school, as they are typed', () => {
  it.each([
    ['0', 0],
    ['1', null],
    ['2', null],
    ['3', 3],
    [' 30 ', 30],
    ['365', 365],
    ['366', null],
    ['-3', null],
    ['3.5', null],
    ['', null],
    ['never', null],
  ])('days: %j is %j, as the cloud takes it', (text, days) => {
    expect(daysIn(text)).toBe(days);
    const { hours } = draftOf(defaultSettings);
    const settings = settingsIn({ days: text, hours }, defaultSettings);
    expect(Value.Check(Settings, settings)).toBe(days !== null);
  });

  it('come back as they were', () => {
    expect(settingsIn(draftOf(defaultSettings), defaultSettings)).toEqual(defaultSettings);
  });

  it('are none where one field cannot be read', () => {
    const { days, hours } = draftOf(defaultSettings);
    expect(settingsIn({ days, hours: { ...hours, lab: '721' } }, defaultSettings)).toBeNull();
  });
});
