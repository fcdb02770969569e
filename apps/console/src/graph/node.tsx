import { useSpeech } from '@socle/ui';
import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { Activity, Box, Boxes, Clock, type LucideIcon, SquareChevronRight, Waypoints } from 'lucide-react';
import type { ReactNode } from 'react';
import { graphTexts } from '../texts/overview.ts';
import type { Direction, GraphNode } from './layout.ts';

export type BoxNode = Node<{ readonly node: GraphNode; readonly direction: Direction }, 'box'>;

const ICONS: Readonly<Record<GraphNode['kind'], LucideIcon>> = {
  platform: Boxes,
  event: Activity,
  flow: Waypoints,
  module: Box,
  schedule: Clock,
  step: SquareChevronRight,
};

/** Facts have a dashed outline, doers a solid one. */
function Frame({ data: { node, direction } }: NodeProps<BoxNode>): ReactNode {
  const { t } = useSpeech();
  const Icon = ICONS[node.kind];
  const isRight = direction === 'right';
  const isFact = node.kind === 'event' || node.kind === 'schedule';
  return (
    <div
      className={`flex h-12 items-center gap-2.5 border bg-ground px-2.5 ${isFact ? 'border-dashed border-line-strong' : 'border-line-strong'} ${node.kind === 'flow' ? 'shadow-[inset_3px_0_0_var(--accent)]' : ''}`}
    >
      <Handle type="target" position={isRight ? Position.Left : Position.Top} isConnectable={false} />
      <Icon aria-hidden size={15} strokeWidth={1.75} className="shrink-0 text-muted" />
      <span className="min-w-0">
        <span className="block truncate font-[560] leading-4" title={node.title}>
          {node.title}
        </span>
        <span className="block truncate text-label leading-4 text-muted">
          {node.note ?? t(graphTexts[node.kind])}
        </span>
      </span>
      <Handle type="source" position={isRight ? Position.Right : Position.Bottom} isConnectable={false} />
    </div>
  );
}

export const NODE_TYPES = { box: Frame };
