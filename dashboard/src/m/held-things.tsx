import type { HeldThingView, ScannerView } from '@gatehouse/protocols';
import { useEffect, useState } from 'react';
import { heldRoutes } from '../api/held-routes.ts';
import { routes } from '../api/routes.ts';
import { useWords } from '../i18n/i18n.ts';
import type { ShownPass } from './use-pass.ts';

/** What somebody carries beside the phone; nothing where the demo does not say. */
export const useThings = (): readonly HeldThingView[] => {
  const [things, setThings] = useState<readonly HeldThingView[]>([]);
  useEffect(() => {
    heldRoutes.things().then(setThings, () => undefined);
  }, []);
  return things;
};

const idOf = ({ card, uid }: HeldThingView): string => uid ?? `keys ${card}`;

export type Held = {
  readonly what: 'code' | 'uid' | 'keys';
  /** Of the thing that is chosen; `code` for the code. */
  readonly chosen: string;
  readonly choose: (id: string) => void;
  readonly keys: string;
  readonly setKeys: (keys: string) => void;
  /** Undefined where there is nothing to hold. */
  readonly present: ((device: string) => Promise<ScannerView>) | undefined;
};

/** What is in the hand now. Without a code on this phone, the first of the things. */
export const useHeld = (things: readonly HeldThingView[], pass: ShownPass | null): Held => {
  const [picked, choose] = useState<string | null>(null);
  const [typed, setKeys] = useState<string | null>(null);
  const first = things[0];
  const chosen = picked ?? (pass === null && first !== undefined ? idOf(first) : 'code');
  const thing = things.find((each) => idOf(each) === chosen);
  if (thing === undefined) {
    const present = pass === null ? undefined : (device: string) => routes.scan(device, pass.text);
    return { what: 'code', chosen, choose, keys: '', setKeys, present };
  }
  const { uid, digits, pin } = thing;
  if (uid !== null) {
    const present = (device: string) => heldRoutes.hold(device, { uid });
    return { what: 'uid', chosen, choose, keys: '', setKeys, present };
  }
  const keys = typed ?? `${digits}${pin ?? ''}#`;
  const present = (device: string) => heldRoutes.hold(device, { keys });
  return { what: 'keys', chosen, choose, keys, setKeys, present };
};

/** Which of them to hold: nothing to choose where there is only the code. */
export const HeldChoice = ({
  things,
  held,
  hasPass,
}: {
  readonly things: readonly HeldThingView[];
  readonly held: Held;
  readonly hasPass: boolean;
}) => {
  const { t, pick } = useWords();
  if (things.length === 0) return null;
  return (
    <>
      <label>
        <span className="quiet">{t('held.what')}</span>
        <select
          value={held.chosen}
          onChange={({ currentTarget }) => {
            held.choose(currentTarget.value);
          }}
        >
          {hasPass ? <option value="code">{t('held.code')}</option> : null}
          {things.map((thing) => (
            <option key={idOf(thing)} value={idOf(thing)}>
              {pick(thing.holder)} · {t(`own.means.${thing.kind}`, { digits: thing.digits })}
            </option>
          ))}
        </select>
      </label>
      {held.what === 'keys' ? (
        <label>
          <span className="quiet">{t('held.keys')}</span>
          <input
            className="field figures"
            value={held.keys}
            maxLength={24}
            inputMode="numeric"
            autoComplete="off"
            onChange={({ currentTarget }) => {
              held.setKeys(currentTarget.value);
            }}
          />
        </label>
      ) : null}
    </>
  );
};
