import type { Catalogue } from '@socle/ui';

export const overviewTexts = {
  lead: {
    en: (a: { version: string; database: string; since: string }) =>
      `Socle ${a.version} on ${a.database}, up since ${a.since}`,
    fr: (a: { version: string; database: string; since: string }) =>
      `Socle ${a.version} sur ${a.database}, en marche depuis le ${a.since}`,
  },
  databaseEmbedded: {
    en: ({ version }: { version: string }) => `embedded PostgreSQL ${version}`,
    fr: ({ version }: { version: string }) => `PostgreSQL ${version} embarqué`,
  },
  databaseExternal: {
    en: ({ version }: { version: string }) => `PostgreSQL ${version} at DATABASE_URL`,
    fr: ({ version }: { version: string }) => `PostgreSQL ${version} (DATABASE_URL)`,
  },
  attention: { en: 'Needs a person', fr: 'À traiter' },
  failedRuns: {
    en: ({ count }: { count: number }, f) => `${f.number(count)} ${f.plural(count, 'run', 'runs')} failed`,
    fr: ({ count }: { count: number }, f) =>
      `${f.number(count)} ${f.plural(count, 'exécution a échoué', 'exécutions ont échoué')}`,
  },
  parkedRuns: {
    en: ({ count }: { count: number }, f) =>
      `${f.number(count)} ${f.plural(count, 'run is', 'runs are')} parked: the outcome is unknown`,
    fr: ({ count }: { count: number }, f) =>
      `${f.number(count)} ${f.plural(count, 'exécution mise', 'exécutions mises')} en attente : issue inconnue`,
  },
  faultyPlatform: {
    en: ({ title }: { title: string }) => `The settings of ${title} have a fault`,
    fr: ({ title }: { title: string }) => `Les réglages de ${title} comportent une erreur`,
  },
  nearWall: {
    en: ({ platform, meter, percent }: { platform: string; meter: string; percent: string }) =>
      `${platform}: ${percent} of ${meter} used`,
    fr: ({ platform, meter, percent }: { platform: string; meter: string; percent: string }) =>
      `${platform} : ${percent} du quota utilisé (${meter})`,
  },
  last24h: { en: 'Last 24 hours', fr: 'Dernières 24 heures' },
  deliveries: { en: 'Deliveries', fr: 'Livraisons' },
  events: { en: 'Events', fr: 'Événements' },
  runs: { en: 'Runs', fr: 'Exécutions' },
  failed: { en: 'Failed runs', fr: 'Exécutions échouées' },
  parked: { en: 'Parked runs', fr: 'Exécutions en attente' },
  modules: { en: 'Modules', fr: 'Modules' },
  module: { en: 'Module', fr: 'Module' },
  adapter: { en: 'Adapter in use', fr: 'Adaptateur utilisé' },
  chain: { en: 'Chain', fr: 'Chaîne' },
  policy: { en: 'At the wall', fr: 'Quota épuisé' },
  policyFail: { en: 'refuse', fr: 'refuser' },
  policyNext: { en: 'next adapter', fr: 'adaptateur suivant' },
  policyDefer: { en: 'wait for the window', fr: 'attendre la fenêtre' },
  calls: { en: 'Calls', fr: 'Appels' },
  errors: { en: 'Errors', fr: 'Erreurs' },
  proven: { en: 'Proven', fr: 'Prouvé' },
  evidenceFor: {
    en: ({ module }: { module: string }) => `What was seen working: ${module}`,
    fr: ({ module }: { module: string }) => `Ce qui a été vu fonctionner : ${module}`,
  },
  evidenceLead: {
    en: 'Counted from what this installation recorded, not from what is planned.',
    fr: 'Compté d’après ce que cette installation a enregistré, non d’après ce qui est prévu.',
  },
  seen: { en: 'seen', fr: 'vu' },
  notSeen: { en: 'not seen yet', fr: 'pas encore vu' },
  stateLive: { en: 'live', fr: 'connecté' },
  stateEmbedded: { en: 'embedded', fr: 'embarqué' },
  stateDegraded: { en: 'degraded', fr: 'dégradé' },
  map: { en: 'What feeds what', fr: 'Ce qui alimente quoi' },
  mapView: { en: 'Map', fr: 'Carte' },
  listView: { en: 'As a list', fr: 'En liste' },
  from: { en: 'From', fr: 'De' },
  link: { en: 'Link', fr: 'Lien' },
  to: { en: 'To', fr: 'Vers' },
  platforms: { en: 'Platforms', fr: 'Plateformes' },
  ready: { en: 'ready', fr: 'prête' },
  absent: { en: 'off', fr: 'inactive' },
  faulty: { en: 'faulty', fr: 'en erreur' },
  ports: { en: 'Ports', fr: 'Ports' },
  database: { en: 'Database', fr: 'Base de données' },
  kind: { en: 'Kind', fr: 'Genre' },
  kindEmbedded: { en: 'embedded', fr: 'embarquée' },
  kindExternal: { en: 'external', fr: 'externe' },
  version: { en: 'Version', fr: 'Version' },
  size: { en: 'Size', fr: 'Taille' },
} satisfies Catalogue;

export const graphTexts = {
  webhook: { en: 'webhook', fr: 'webhook' },
  trigger: { en: 'triggers', fr: 'déclenche' },
  call: { en: 'calls', fr: 'appelle' },
  emit: { en: 'emits', fr: 'émet' },
  next: { en: 'then', fr: 'puis' },
  platform: { en: 'platform', fr: 'plateforme' },
  event: { en: 'event', fr: 'événement' },
  flow: { en: 'flow', fr: 'flux' },
  module: { en: 'module', fr: 'module' },
  schedule: { en: 'schedule', fr: 'horaire' },
  step: { en: 'step', fr: 'étape' },
  zoomIn: { en: 'Zoom in', fr: 'Agrandir' },
  zoomOut: { en: 'Zoom out', fr: 'Réduire' },
  fit: { en: 'Show everything', fr: 'Tout afficher' },
  nodeLabel: {
    en: ({ kind, title }: { kind: string; title: string }) => `${title}, ${kind}`,
    fr: ({ kind, title }: { kind: string; title: string }) => `${title}, ${kind}`,
  },
} satisfies Catalogue;
