create table socle.secrets (
  name text primary key check (name ~ '^[A-Z][A-Z0-9_]*$'),
  -- which master key sealed the row: one at a time today, two while keys are rotated
  key_version int not null,
  nonce bytea not null,
  -- ciphertext and authentication tag
  sealed bytea not null,
  updated_at timestamptz not null default now()
);

-- A known text under each master key: opening it tells a wrong key before a secret is read or written with it.
create table socle.secret_keys (
  version int primary key,
  nonce bytea not null,
  sealed bytea not null,
  created_at timestamptz not null default now()
);
