import { ChoiceView } from '@gatehouse/protocols';
import Type from 'typebox';
import Value from 'typebox/value';
import { renderUnicodeCompact } from 'uqr';

/** What the cloud says for whoever started the demo: the codes of the day, each good once. */
const LanMessage = Type.Object({
  lan: Type.Object({
    /** `https://address:port` */
    url: Type.String(),
    /** The same at the other addresses of this machine. */
    others: Type.Array(Type.String()),
    logins: Type.Array(Type.Object({ ...ChoiceView.properties, url: Type.String() })),
  }),
});
type Offer = Type.Static<typeof LanMessage>['lan'];

export type LanNotice = {
  /** Any message of the cloud; others than this are passed over. */
  readonly hear: (message: unknown) => void;
  /** From now on codes are shown, the last ones at once. */
  readonly open: () => void;
};

const quietModules = 2;
/** White on black, whatever the terminal's own colours are: many cameras read no inverted code. */
const whiteOnBlack = (line: string): string => `\u001b[97;40m${line}\u001b[0m`;

const codeOf = (url: string, hasColours: boolean): string => {
  const code = renderUnicodeCompact(url, { ecc: 'L', border: quietModules });
  return hasColours ? code.split('\n').map(whiteOnBlack).join('\n') : code;
};

const textOf = ({ logins, others }: Offer, hasColours: boolean): string => {
  const codes = logins.map(
    ({ person, role, url }) =>
      `  ${person.name.zh} ${person.name.en} · ${role}\n${codeOf(url, hasColours)}\n  ${url}\n`,
  );
  const elsewhere =
    others.length === 0 ? '' : `  This machine has other addresses, too: ${others.join('  ')}\n`;
  return [
    '\nPhones on this network: scan a code with the camera. Each works once, for ten minutes;',
    'new ones come when one was used. The phone warns of the certificate, which is our own.\n',
    ...codes,
    elsewhere,
  ].join('\n');
};

/** Shows the codes for phones, after the demo has said that it is ready. */
export const createLanNotice = (
  say: (event: string, fields: Readonly<Record<string, unknown>>, text: string) => void,
  hasColours: boolean,
): LanNotice => {
  let isOpen = false;
  let last: Offer | undefined;
  const show = (): void => {
    if (isOpen && last !== undefined) say('lan', last, textOf(last, hasColours));
  };
  return {
    hear: (message) => {
      if (!Value.Check(LanMessage, message)) return;
      last = message.lan;
      show();
    },
    open: () => {
      isOpen = true;
      show();
    },
  };
};
