import { describe, expect, it } from 'vitest';
import { allProfiles, profileOf } from '../testing/profiles.ts';
import { changedLock } from '../testing/sample-lock.ts';
import { devicePage } from './device-page.ts';
import { indexPage } from './index-page.ts';

const profiles = await allProfiles();

/** Rows of a table have as many cells as its head. */
const brokenRows = (page: string): readonly string[] => {
  const cells = (line: string): number => line.replaceAll('\\|', '').split('|').length;
  let head = 0;
  return page.split('\n').filter((line) => {
    if (!line.startsWith('|')) {
      head = 0;
      return false;
    }
    if (head === 0) head = cells(line);
    return cells(line) !== head;
  });
};

describe.each(profiles)('the page of $id', (profile) => {
  const page = devicePage(profile);
  const { model } = profile;

  it('names everything that the model has', () => {
    const names = [
      model.state,
      model.telemetry,
      model.events,
      model.commands,
      model.params,
    ].flatMap((part) => Object.keys(part ?? {}));
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
    expect(page).toContain(`# ${profile.title.zh} ${profile.title.en}`);
    expect(page).toContain(
      profile.source === 'invented' ? '虚构' : profile.source.seen.slice(0, 20),
    );
  });

  it('has whole tables, and nothing that is undefined', () => {
    expect(brokenRows(page)).toEqual([]);
    expect(page).not.toMatch(/undefined|\[object|NaN/);
  });
});

describe('a page', () => {
  it('keeps bars, marks and HTML of a profile as text', () => {
    const page = devicePage(
      profileOf(changedLock('en: Battery }', "en: 'a|b <img src=x> *c* [d](e)' }")),
    );
    expect(brokenRows(page)).toEqual([]);
    expect(page).toContain(String.raw`a\|b &lt;img src=x> \*c\* \[d\](e)`);
  });

  it('says what ends a release, what is secret and what is not shown', () => {
    const page = devicePage(profileOf(changedLock('vendor: Sample', 'vendor: Other')));
    expect(page).toMatch(/- `open`: 结束 Ends 设备自行结束 by the device/);
    expect(page).toMatch(/may hold a pass, card or PIN/);
    expect(page).toMatch(/- 没有示例证明 No example shows: `bindings\.serial\.polls\.0`/);
    expect(page).toMatch(/try a unit with `certify --live`/);
  });

  it('lists all models once', () => {
    const index = indexPage(profiles);
    expect(brokenRows(index)).toEqual([]);
    for (const { id } of profiles) expect(index.split(`(${id}.md)`)).toHaveLength(2);
  });
});
