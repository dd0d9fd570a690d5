import type { Text } from '@gatehouse/protocols';
import { useWords } from '../../i18n/i18n.ts';

/** The same words in both languages. */
export const FaceText = ({
  label,
  text,
  charsMax,
  onText,
}: {
  readonly label: string;
  readonly text: Text;
  readonly charsMax: number;
  readonly onText: (text: Text) => void;
}) => {
  const { t } = useWords();
  return (
    <div className="face-text">
      {(['zh', 'en'] as const).map((language) => (
        <label key={language}>
          <span className="quiet">
            {label} · {t(`cardFace.language.${language}`)}
          </span>
          <input
            className="field"
            lang={language === 'zh' ? 'zh-CN' : 'en'}
            value={text[language]}
            maxLength={charsMax}
            aria-invalid={text[language].trim() === ''}
            onChange={({ currentTarget }) => {
              onText({ ...text, [language]: currentTarget.value });
            }}
          />
        </label>
      ))}
    </div>
  );
};
