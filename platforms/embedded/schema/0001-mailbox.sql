create schema if not exists socle_embedded;

-- Messages that nobody carries further: the mailbox shows them. `idempotency_key` makes a repeated send harmless.
create table socle_embedded.messages (
  id uuid primary key default gen_random_uuid(),
  idempotency_key text not null unique,
  fingerprint bytea not null,
  sender text not null,
  recipients text[] not null,
  cc text[] not null,
  bcc text[] not null,
  reply_to text[] not null,
  subject text not null,
  body_text text,
  body_html text,
  headers jsonb not null,
  accepted_at timestamptz not null,
  -- later than accepted_at while it is scheduled
  visible_at timestamptz not null,
  cancelled_at timestamptz,
  -- can be undone until upkeep purges it
  removed_at timestamptz
);

create index messages_newest on socle_embedded.messages (visible_at desc, id desc)
  where removed_at is null and cancelled_at is null;
create index messages_removed on socle_embedded.messages (removed_at) where removed_at is not null;

create table socle_embedded.message_attachments (
  message_id uuid not null references socle_embedded.messages on delete cascade,
  position integer not null,
  filename text not null,
  content_type text not null,
  content bytea not null,
  primary key (message_id, position)
);
