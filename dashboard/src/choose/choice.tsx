import type { ChoiceView } from '@gatehouse/protocols';
import { useWords } from '../i18n/i18n.ts';

type Target = 'console' | 'm';

/** One person of the demo. Staff carry a card too: the second, small button opens it. */
export const Choice = ({
  choice,
  target,
  isFirst,
  isBusy,
  onGo,
}: {
  readonly choice: ChoiceView;
  readonly target: Target;
  /** Of its role: what a role does is said once. */
  readonly isFirst: boolean;
  readonly isBusy: boolean;
  readonly onGo: (choice: ChoiceView, target: Target) => void;
}) => {
  const { t, pick } = useWords();
  const { person, role } = choice;
  const name = pick(person.name);
  return (
    <li className="choice">
      <button
        type="button"
        className="choice-main"
        disabled={isBusy}
        onClick={() => {
          onGo(choice, target);
        }}
      >
        <span className="face" aria-hidden="true">
          {[...name][0]}
        </span>
        <span className="choice-words">
          <strong>{name}</strong>
          <span className="quiet">
            {t(`role.${role}.name`)} · {pick(person.unit)}
          </span>
          {isFirst ? <span className="choice-does">{t(`role.${role}.does`)}</span> : null}
        </span>
        <span className="choice-arrow" aria-hidden="true" />
      </button>
      {target === 'm' ? null : (
        <button
          type="button"
          className="choice-card"
          disabled={isBusy}
          onClick={() => {
            onGo(choice, 'm');
          }}
        >
          {t('choose.card')}
          <span className="visually-hidden">{name}</span>
        </button>
      )}
    </li>
  );
};
