import { faceFieldsMax } from '@gatehouse/protocols';
import type { CardFace, FaceField } from '@gatehouse/protocols';
import { useState } from 'react';
import { useWords } from '../../i18n/i18n.ts';
import { fieldRows, moveField, toggleField } from './card-face-draft.ts';

/** What stands on the card, in its order: by buttons, so that a keyboard can do it too. */
export const FaceFields = ({
  face,
  onFields,
}: {
  readonly face: CardFace;
  readonly onFields: (fields: CardFace['fields']) => void;
}) => {
  const { t } = useWords();
  const [told, setTold] = useState('');
  const { fields } = face;
  const isFull = fields.length >= faceFieldsMax;
  const move = (field: FaceField, by: -1 | 1): void => {
    const next = moveField(fields, field, by);
    onFields(next);
    const name = t(`cardFace.field.${field}`);
    setTold(t('cardFace.fields.moved', { name, place: next.indexOf(field) + 1 }));
  };
  return (
    <>
      <ol className="face-fields">
        {fieldRows(fields).map((field) => {
          const place = fields.indexOf(field);
          const isOn = place >= 0;
          const name = t(`cardFace.field.${field}`);
          return (
            <li key={field} data-on={isOn}>
              <label>
                <input
                  type="checkbox"
                  checked={isOn}
                  disabled={isOn ? fields.length === 1 : isFull}
                  onChange={() => {
                    onFields(toggleField(fields, field));
                  }}
                />
                {name}
              </label>
              {([-1, 1] as const).map((by) => (
                <button
                  key={by}
                  type="button"
                  className="button plain"
                  aria-label={t(by < 0 ? 'cardFace.fields.up' : 'cardFace.fields.down', { name })}
                  // Not `disabled`: at the end of its way the focus stays where it is.
                  aria-disabled={!isOn || fields[place + by] === undefined}
                  hidden={!isOn}
                  onClick={() => {
                    move(field, by);
                  }}
                >
                  <span aria-hidden="true">{by < 0 ? '↑' : '↓'}</span>
                </button>
              ))}
            </li>
          );
        })}
      </ol>
      <p role="status" className="visually-hidden">
        {told}
      </p>
      <p className="quiet">{t('cardFace.fields.hint', { count: faceFieldsMax })}</p>
    </>
  );
};
