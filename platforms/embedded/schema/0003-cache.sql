create schema if not exists socle_embedded;

-- Unlogged: fast, and empty after a crash of PostgreSQL. A cache promises no more.
create unlogged table socle_embedded.cache_keys (
  key text collate "C" primary key,
  -- JSON text; null when the key holds a ranking. Not jsonb, which refuses U+0000 and reorders keys.
  value text,
  expires_at timestamptz
);
create index on socle_embedded.cache_keys (expires_at) where expires_at is not null;

create unlogged table socle_embedded.cache_members (
  key text collate "C" not null references socle_embedded.cache_keys on delete cascade,
  member text collate "C" not null,
  score double precision not null,
  primary key (key, member)
);
create index on socle_embedded.cache_members (key, score desc, member desc);

-- Messages that do not fit into a notification.
create unlogged table socle_embedded.cache_messages (
  id bigint generated always as identity primary key,
  message text not null,
  published_at timestamptz not null
);
