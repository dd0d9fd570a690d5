import { labelCharsMax, safeLink, shortcutsMax, urlCharsMax } from '@gatehouse/protocols';
import type { Shortcut } from '@gatehouse/protocols';
import { useWords } from '../../i18n/i18n.ts';
import { FaceText } from './face-text.tsx';

const fresh: Shortcut = { label: { zh: '', en: '' }, url: 'https://' };

const Row = ({
  n,
  shortcut,
  onShortcut,
  onRemove,
}: {
  readonly n: number;
  readonly shortcut: Shortcut;
  readonly onShortcut: (shortcut: Shortcut) => void;
  readonly onRemove: () => void;
}) => {
  const { t } = useWords();
  const link = safeLink(shortcut.url);
  return (
    <li>
      <FaceText
        label={t('cardFace.shortcuts.label', { n })}
        text={shortcut.label}
        charsMax={labelCharsMax}
        onText={(label) => {
          onShortcut({ ...shortcut, label });
        }}
      />
      <label className="face-url">
        <span className="quiet">{t('cardFace.shortcuts.url', { n })}</span>
        <input
          className="field"
          inputMode="url"
          value={shortcut.url}
          maxLength={urlCharsMax}
          spellCheck={false}
          aria-invalid={link === undefined}
          onChange={({ currentTarget }) => {
            onShortcut({ ...shortcut, url: currentTarget.value });
          }}
        />
      </label>
      <p role="status" className={link === undefined ? 'tone-denied' : 'quiet'}>
        {link === undefined
          ? t('cardFace.shortcuts.wrong')
          : t('cardFace.shortcuts.leads', { host: link.host })}
      </p>
      <button type="button" className="button" onClick={onRemove}>
        {t('cardFace.shortcuts.remove', { n })}
      </button>
    </li>
  );
};

/** Pages of the school that stand below each card. */
export const FaceShortcutFields = ({
  shortcuts,
  onShortcuts,
}: {
  readonly shortcuts: readonly Shortcut[];
  readonly onShortcuts: (shortcuts: Shortcut[]) => void;
}) => {
  const { t } = useWords();
  return (
    <>
      <ol className="face-shortcuts">
        {shortcuts.map((shortcut, i) => (
          <Row
            key={i}
            n={i + 1}
            shortcut={shortcut}
            onShortcut={(next) => {
              onShortcuts(shortcuts.map((each, at) => (at === i ? next : each)));
            }}
            onRemove={() => {
              onShortcuts(shortcuts.filter((_, at) => at !== i));
            }}
          />
        ))}
      </ol>
      <button
        type="button"
        className="button"
        disabled={shortcuts.length >= shortcutsMax}
        onClick={() => {
          onShortcuts([...shortcuts, fresh]);
        }}
      >
        {t('cardFace.shortcuts.add', { count: shortcutsMax })}
      </button>
    </>
  );
};
