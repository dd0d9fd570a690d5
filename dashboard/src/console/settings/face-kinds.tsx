import { affiliationKinds, titleCharsMax } from '@gatehouse/protocols';
import type { AffiliationKind, CardFace, FaceOverride } from '@gatehouse/protocols';
import { useWords } from '../../i18n/i18n.ts';
import { FaceColour } from './face-colour.tsx';
import { FaceText } from './face-text.tsx';

type Parts = { readonly [Part in keyof FaceOverride]-?: NonNullable<FaceOverride[Part]> | null };

/** Null = as the common face; a kind without anything of its own is left out. */
const withParts = (
  kinds: CardFace['kinds'],
  kind: AffiliationKind,
  { colour, title }: Parts,
): CardFace['kinds'] => {
  const others = Object.fromEntries(Object.entries(kinds).filter(([name]) => name !== kind));
  const own = { ...(colour === null ? {} : { colour }), ...(title === null ? {} : { title }) };
  return Object.keys(own).length === 0 ? others : { ...others, [kind]: own };
};

/** A colour or a title of one kind of card alone. */
export const FaceKind = ({
  face,
  kind,
  onKinds,
}: {
  readonly face: CardFace;
  readonly kind: AffiliationKind;
  readonly onKinds: (kinds: CardFace['kinds']) => void;
}) => {
  const { t } = useWords();
  const { colour = null, title = null } = face.kinds[kind] ?? {};
  const name = t(`cardFace.kind.${kind}`);
  const set = (parts: Parts): void => {
    onKinds(withParts(face.kinds, kind, parts));
  };
  return (
    <fieldset className="face-kind">
      <legend>{name}</legend>
      <label>
        <input
          type="checkbox"
          checked={colour !== null}
          onChange={({ currentTarget }) => {
            set({ colour: currentTarget.checked ? face.colour : null, title });
          }}
        />
        {t('cardFace.kinds.colour')}
      </label>
      {colour === null ? null : (
        <FaceColour
          label={name}
          colour={colour}
          onColour={(next) => {
            set({ colour: next, title });
          }}
        />
      )}
      <label>
        <input
          type="checkbox"
          checked={title !== null}
          onChange={({ currentTarget }) => {
            set({ colour, title: currentTarget.checked ? face.title : null });
          }}
        />
        {t('cardFace.kinds.title')}
      </label>
      {title === null ? null : (
        <FaceText
          label={name}
          text={title}
          charsMax={titleCharsMax}
          onText={(next) => {
            set({ colour, title: next });
          }}
        />
      )}
    </fieldset>
  );
};

export const FaceKinds = ({
  face,
  onKinds,
}: {
  readonly face: CardFace;
  readonly onKinds: (kinds: CardFace['kinds']) => void;
}) => (
  <div className="face-kinds">
    {affiliationKinds.map((kind) => (
      <FaceKind key={kind} face={face} kind={kind} onKinds={onKinds} />
    ))}
  </div>
);
