import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { feedbackFormFault, readFeedback, writeFeedback } from './feedback-form.ts';

const form = 'LAMP {lamp};TONE {tone};TEXT {text}';

describe('feedback form', () => {
  it.each([
    [form, 'LAMP green;TONE ok;TEXT Please enter', 'green', 'ok', 'Please enter'],
    [form, 'LAMP red;TONE no;TEXT 不是动态码', 'red', 'no', '不是动态码'],
    [form, 'LAMP amber;TONE again;TEXT a;TONE b', 'amber', 'again', 'a;TONE b'],
    ['{text}|{tone}|{lamp}', 'hello|no|red', 'red', 'no', 'hello'],
  ])('%s reads and writes %s', (wanted, line, lamp, tone, text) => {
    expect(readFeedback(wanted, line)).toEqual({ lamp, tone, text });
    expect(writeFeedback(wanted, { lamp, tone, text })).toBe(line);
  });

  it.each([
    ['another form', 'lamp green'],
    ['too short', 'LAMP green;TONE ok'],
    ['nothing', ''],
    ['something in front', ' LAMP green;TONE ok;TEXT x'],
  ])('does not read %s', (_case, line) => {
    expect(readFeedback(form, line)).toBeUndefined();
  });

  it('does not read what follows a form that ends in fixed text', () => {
    expect(readFeedback('L={lamp}.', 'L=red.')).toEqual({ lamp: 'red' });
    expect(readFeedback('L={lamp}.', 'L=red.more')).toBeUndefined();
  });

  it('lets no value end the line', () => {
    expect(writeFeedback('{text}!', { text: 'a\r\nLAMP green' })).toBe('a  LAMP green!');
  });

  it.each([
    [form, undefined],
    ['{colour}', '{colour} is unknown: use {lamp}, {tone} or {text}'],
    ['{lamp} {lamp}', 'fills a field twice'],
    ['{lamp}{tone}', 'needs text between two fields'],
    ['{lamp}\n', 'holds a control character'],
  ])('judges the form %j', (wanted, fault) => {
    expect(feedbackFormFault(wanted)).toBe(fault);
  });

  it('reads back what it wrote', () => {
    const word = fc.stringMatching(/^[a-z]{0,8}$/);
    const text = fc.string({ maxLength: 16 }).map((value) => value.replaceAll(/\p{Cc}/gu, ''));
    fc.assert(
      fc.property(word, word, text, (lamp, tone, value) => {
        const feedback = { lamp, tone, text: value };
        expect(readFeedback(form, writeFeedback(form, feedback))).toEqual(feedback);
      }),
    );
  });
});
