import type { ErrorCode, Text } from '@socle/kernel';

/** What each error code means to the person who meets it. The code table is closed: a new code without a sentence does not compile. */
export const errorTexts: Readonly<Record<ErrorCode, Text>> = {
  invalid_argument: {
    en: 'Something in this request is not valid.',
    fr: 'Un élément de cette demande n’est pas valide.',
  },
  not_found: { en: 'This does not exist, or no longer.', fr: 'Cet élément n’existe pas, ou n’existe plus.' },
  conflict: {
    en: 'Somebody else is working on this at the moment.',
    fr: 'Une autre opération est en cours sur cet élément.',
  },
  precondition_failed: {
    en: 'This is no longer in the state that the action needs.',
    fr: 'Cet élément n’est plus dans l’état requis pour cette action.',
  },
  unauthenticated: { en: 'Sign in to continue.', fr: 'Connectez-vous pour continuer.' },
  permission_denied: {
    en: 'You are not allowed to do this.',
    fr: 'Vous n’avez pas le droit de faire cela.',
  },
  misconfigured: {
    en: 'A key or setting is missing or wrong. Check the settings of the platform.',
    fr: 'Une clé ou un réglage manque ou est erroné. Vérifiez les réglages de la plateforme.',
  },
  unsupported: {
    en: 'The adapter in use cannot do this.',
    fr: 'L’adaptateur utilisé ne sait pas faire cela.',
  },
  declined: { en: 'The platform understood and refused.', fr: 'La plateforme a compris et a refusé.' },
  rate_limited: {
    en: 'The platform asks us to slow down. Try again in a moment.',
    fr: 'La plateforme nous demande de ralentir. Réessayez dans un instant.',
  },
  quota_exceeded: {
    en: 'The plan’s quota is used up. Nothing was sent.',
    fr: 'Le quota du forfait est épuisé. Rien n’a été envoyé.',
  },
  unavailable: {
    en: 'The service cannot be reached at the moment.',
    fr: 'Le service est injoignable pour le moment.',
  },
  timeout: { en: 'No answer came in time.', fr: 'Aucune réponse n’est arrivée à temps.' },
  cancelled: { en: 'This was cancelled.', fr: 'L’opération a été annulée.' },
  outcome_unknown: {
    en: 'It may or may not have happened. Check at the platform before you repeat it.',
    fr: 'L’effet a peut-être eu lieu. Vérifiez auprès de la plateforme avant de recommencer.',
  },
  vendor_contract: {
    en: 'The platform answered in a way that its documents do not describe.',
    fr: 'La plateforme a répondu d’une manière que sa documentation ne décrit pas.',
  },
  internal: {
    en: 'Something went wrong in Socle. The log says more.',
    fr: 'Une erreur s’est produite dans Socle. Le journal en dit plus.',
  },
};
