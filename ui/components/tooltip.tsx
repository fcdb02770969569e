import { Tooltip as Primitive } from 'radix-ui';
import type { ReactNode } from 'react';

interface TooltipProps {
  readonly text: string;
  /** One element that takes focus. */
  readonly children: ReactNode;
}

/** Names what has no room for its name. Never the only place where something is said. */
export function Tooltip({ text, children }: TooltipProps): ReactNode {
  return (
    <Primitive.Provider delayDuration={400}>
      <Primitive.Root>
        <Primitive.Trigger asChild>{children}</Primitive.Trigger>
        <Primitive.Portal>
          <Primitive.Content
            sideOffset={4}
            collisionPadding={8}
            className="reveal z-50 max-w-72 rounded-edge bg-ink px-2 py-1 text-small text-ground"
          >
            {text}
          </Primitive.Content>
        </Primitive.Portal>
      </Primitive.Root>
    </Primitive.Provider>
  );
}
