import type { Text } from '@socle/kernel';
import type { Tone } from '@socle/ui';
import type {
  DeliveryState,
  ModuleView,
  PlatformState,
  RunDetail,
  RunState,
} from '../../../server/console/contract.ts';
import { flowTexts } from '../texts/flows.ts';
import { deliveryTexts } from '../texts/inbox.ts';
import { overviewTexts } from '../texts/overview.ts';

interface Label {
  readonly text: Text;
  readonly tone: Tone;
}

export const runLabels: Readonly<Record<RunState, Label>> = {
  waiting: { text: flowTexts.waiting, tone: 'idle' },
  running: { text: flowTexts.running, tone: 'busy' },
  deferred: { text: flowTexts.deferred, tone: 'idle' },
  succeeded: { text: flowTexts.succeeded, tone: 'good' },
  failed: { text: flowTexts.failed, tone: 'bad' },
  parked: { text: flowTexts.parked, tone: 'hold' },
  cancelled: { text: flowTexts.cancelled, tone: 'idle' },
};

export const RUN_STATES = Object.keys(runLabels) as readonly RunState[];

export const stepLabels: Readonly<Record<RunDetail['steps'][number]['state'], Label>> = runLabels;

export const deliveryLabels: Readonly<Record<DeliveryState, Label>> = {
  received: { text: deliveryTexts.received, tone: 'busy' },
  processed: { text: deliveryTexts.processed, tone: 'good' },
  failed: { text: deliveryTexts.failed, tone: 'bad' },
  ignored: { text: deliveryTexts.ignored, tone: 'idle' },
};

export const platformLabels: Readonly<Record<PlatformState, Label>> = {
  ready: { text: overviewTexts.ready, tone: 'good' },
  absent: { text: overviewTexts.absent, tone: 'idle' },
  faulty: { text: overviewTexts.faulty, tone: 'bad' },
};

export const moduleLabels: Readonly<Record<ModuleView['state'], Label>> = {
  live: { text: overviewTexts.stateLive, tone: 'good' },
  embedded: { text: overviewTexts.stateEmbedded, tone: 'good' },
  degraded: { text: overviewTexts.stateDegraded, tone: 'warn' },
};

export const policyLabels: Readonly<Record<ModuleView['policy'], Text>> = {
  fail: overviewTexts.policyFail,
  next: overviewTexts.policyNext,
  defer: overviewTexts.policyDefer,
};
