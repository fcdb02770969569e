import { IconButton, useSpeech } from '@socle/ui';
import {
  Background,
  BackgroundVariant,
  type Edge,
  MarkerType,
  type Node,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import './drawing.css';
import { Maximize, ZoomIn, ZoomOut } from 'lucide-react';
import { type CSSProperties, type ReactNode, useMemo, useSyncExternalStore } from 'react';
import { graphTexts } from '../texts/overview.ts';
import { type Direction, type Graph, type Layout, layOut, NODE } from './layout.ts';
import { type BoxNode, NODE_TYPES } from './node.tsx';

interface DrawingProps {
  readonly graph: Graph;
  readonly label: string;
}

const ROOM = 32;
const MAX_HEIGHT = { right: 560, down: 900 } as const satisfies Record<Direction, number>;
const MIN_HEIGHT = 112;
const ROOM_TO_THE_RIGHT = '(min-width: 48rem)';

/** A graph to look at: each node takes focus and says what it is; nothing in it can be broken by dragging. */
export function Drawing(props: DrawingProps): ReactNode {
  const direction = useDirection();
  // What was measured for one direction or one set of nodes is wrong for another: begin anew.
  const key = [direction, ...props.graph.nodes.map(({ id }) => id)].join();
  return (
    <ReactFlowProvider key={key}>
      <Canvas {...props} direction={direction} />
    </ReactFlowProvider>
  );
}

function Canvas({ graph, label, direction }: DrawingProps & { readonly direction: Direction }): ReactNode {
  const { t } = useSpeech();
  const layout = useMemo(() => layOut(graph, direction), [graph, direction]);
  const nodes = graph.nodes.map(
    (node): BoxNode => ({
      id: node.id,
      type: 'box',
      position: layout.places.get(node.id) ?? { x: 0, y: 0 },
      width: NODE.width,
      height: NODE.height,
      data: { node, direction },
      ariaLabel: t(graphTexts.nodeLabel, { kind: t(graphTexts[node.kind]), title: node.title }),
    }),
  );
  const edges = graph.edges.map(
    ({ from, to, label: name }): Edge => ({
      id: `${from} ${name} ${to}`,
      source: from,
      target: to,
      label: name,
      focusable: false,
      markerEnd: { type: MarkerType.ArrowClosed, width: 14, height: 14 },
    }),
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls
    <div role="group" aria-label={label} className="border border-line bg-raised">
      <div style={shapeOf(layout, direction)}>
        <ReactFlow<BoxNode, Edge>
          nodes={nodes}
          edges={edges}
          nodeTypes={NODE_TYPES}
          fitView
          fitViewOptions={{ padding: 0.06, maxZoom: 1 }}
          minZoom={0.25}
          maxZoom={1.6}
          nodesDraggable={false}
          nodesConnectable={false}
          deleteKeyCode={null}
          zoomOnScroll={false}
          preventScrolling={false}
          proOptions={{ hideAttribution: true }}
        >
          <Background variant={BackgroundVariant.Dots} gap={16} size={1} />
        </ReactFlow>
      </div>
      <ZoomBar />
    </div>
  );
}

function useDirection(): Direction {
  const isWide = useSyncExternalStore(
    (tell) => {
      const query = matchMedia(ROOM_TO_THE_RIGHT);
      query.addEventListener('change', tell);
      return () => query.removeEventListener('change', tell);
    },
    () => matchMedia(ROOM_TO_THE_RIGHT).matches,
  );
  return isWide ? 'right' : 'down';
}

/** As broad as the page and no higher than the drawing needs at that breadth. */
function shapeOf({ width, height }: Layout, direction: Direction): CSSProperties {
  const natural = height + 2 * ROOM;
  return {
    aspectRatio: `${width + 2 * ROOM} / ${natural}`,
    minHeight: Math.min(natural, MIN_HEIGHT),
    maxHeight: Math.min(natural, MAX_HEIGHT[direction]),
    width: '100%',
  };
}

function ZoomBar(): ReactNode {
  const { t } = useSpeech();
  const flow = useReactFlow<Node>();
  return (
    <div className="flex justify-end border-t border-line">
      <IconButton label={t(graphTexts.zoomIn)} icon={ZoomIn} onClick={() => void flow.zoomIn()} />
      <IconButton label={t(graphTexts.zoomOut)} icon={ZoomOut} onClick={() => void flow.zoomOut()} />
      <IconButton
        label={t(graphTexts.fit)}
        icon={Maximize}
        onClick={() => void flow.fitView({ padding: 0.06 })}
      />
    </div>
  );
}
