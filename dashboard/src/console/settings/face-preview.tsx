import { affiliationKinds, hexColour, languages, lookOf } from '@gatehouse/protocols';
import type { AffiliationKind, CardFace, Language } from '@gatehouse/protocols';
import { useMemo, useState } from 'react';
import type { CSSProperties } from 'react';
import { I18nextProvider, useTranslation } from 'react-i18next';
import { nowMs } from '../../adapters/clock.ts';
import { ownPhotoPath } from '../../api/face-routes.ts';
import { createTimeWords } from '../../event/time.ts';
import { FaceCard, FaceShortcuts } from '../../face/face-card.tsx';
import '../../face/face.css';
import { useWords } from '../../i18n/i18n.ts';
import phoneEn from '../../i18n/phone-en.json' with { type: 'json' };
import phoneZh from '../../i18n/phone-zh.json' with { type: 'json' };
import '../../m/pass-card.css';
import { PassPlate } from '../../m/pass-plate.tsx';
import { accentOf } from '../../theme/contrast.ts';
import { themeVariables } from '../../theme/theme-css.ts';
import { schemes } from '../../theme/tokens.ts';
import type { Scheme } from '../../theme/tokens.ts';

const zone = 'Asia/Shanghai';
const validForMs = 400 * 24 * 3600 * 1000;
/** As long as a pass, and none. */
const sample = 'PREVIEW. OPENS NO DOOR. '.repeat(6).slice(0, 122);
const still = { renew: () => undefined, turn: () => undefined, dismiss: () => undefined };

const Card = ({
  face,
  kind,
  atMs,
}: {
  readonly face: CardFace;
  readonly kind: AffiliationKind;
  readonly atMs: number;
}) => {
  const { t, language } = useWords();
  const { i18n } = useTranslation();
  const both = (key: string) => ({
    zh: i18n.getFixedT('zh')(key),
    en: i18n.getFixedT('en')(key),
  });
  const look = { ...lookOf(face, kind), photo: 'preview' };
  const facts = {
    person: {
      id: 'preview',
      name: both('cardFace.sample.name'),
      affiliation: kind,
      unit: both('cardFace.sample.unit'),
    },
    card: { number: '20240103721', validTo: new Date(atMs + validForMs).toISOString() },
  };
  const times = createTimeWords({ zone, language, t });
  return (
    <>
      <FaceCard face={look} facts={facts} photo={ownPhotoPath} kind="door" times={times}>
        <PassPlate
          pass={{ text: sample, kind: 'door', counter: 0, mintedMs: atMs, turn: 0 }}
          kind="door"
          now={atMs}
          result={null}
          acts={still}
        />
      </FaceCard>
      <FaceShortcuts face={look} />
    </>
  );
};

const Choice = <Id extends string>({
  label,
  ids,
  chosen,
  textOf,
  onChoose,
}: {
  readonly label: string;
  readonly ids: readonly Id[];
  readonly chosen: Id;
  readonly textOf: (id: Id) => string;
  readonly onChoose: (id: Id) => void;
}) => (
  <div className="chips" role="group" aria-label={label}>
    {ids.map((id) => (
      <button
        key={id}
        type="button"
        className="chip"
        aria-pressed={id === chosen}
        onClick={() => {
          onChoose(id);
        }}
      >
        {textOf(id)}
      </button>
    ))}
  </div>
);

/** A colour that is being typed is none yet: the card keeps the last one that was. */
const shownFace = (face: CardFace, before: string): CardFace => {
  const kinds = Object.fromEntries(
    Object.entries(face.kinds).map(([kind, own]) => {
      const { colour, ...rest } = own;
      return [kind, colour !== undefined && hexColour.test(colour) ? own : rest];
    }),
  );
  return { ...face, kinds, colour: hexColour.test(face.colour) ? face.colour : before };
};

/** The card as the phone draws it, by the phone's own component. */
export const FacePreview = ({
  face,
  before,
}: {
  readonly face: CardFace;
  /** The colour in force. */
  readonly before: string;
}) => {
  const { t, language: own } = useWords();
  const { i18n } = useTranslation();
  const [language, setLanguage] = useState<Language>(own);
  const [scheme, setScheme] = useState<Scheme>('light');
  const [kind, setKind] = useState<AffiliationKind>('student');
  const [atMs] = useState(nowMs);
  const speaking = useMemo(() => {
    i18n.addResourceBundle('zh', 'translation', phoneZh, true, false);
    i18n.addResourceBundle('en', 'translation', phoneEn, true, false);
    return i18n.cloneInstance({ lng: language });
  }, [i18n, language]);
  const shown = shownFace(face, before);
  const { colour } = lookOf(shown, kind);
  const { accent, onAccent } = accentOf(colour, scheme);
  // Variables of our own style sheet; the type knows the browser's properties alone.
  const style = {
    ...themeVariables(scheme),
    ...{ '--accent': accent, '--on-accent': onAccent, colorScheme: scheme },
    '--accent-on-white': accentOf(colour, 'light').accent,
  } as CSSProperties;
  return (
    <div className="face-preview">
      <Choice
        label={t('cardFace.preview.kind')}
        ids={affiliationKinds}
        chosen={kind}
        textOf={(id) => t(`cardFace.kind.${id}`)}
        onChoose={setKind}
      />
      <div className="face-preview-looks">
        <Choice
          label={t('cardFace.preview.language')}
          ids={languages}
          chosen={language}
          textOf={(id) => t(`cardFace.language.${id}`)}
          onChoose={setLanguage}
        />
        <Choice
          label={t('cardFace.preview.scheme')}
          ids={schemes}
          chosen={scheme}
          textOf={(id) => t(`theme.${id}`)}
          onChoose={setScheme}
        />
      </div>
      <figure className="face-phone" style={style}>
        <div inert lang={language === 'zh' ? 'zh-CN' : 'en'}>
          <I18nextProvider i18n={speaking}>
            <Card face={shown} kind={kind} atMs={atMs} />
          </I18nextProvider>
        </div>
      </figure>
      <p className="quiet">{t('cardFace.preview.hint')}</p>
    </div>
  );
};
