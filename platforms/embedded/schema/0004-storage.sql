create schema if not exists socle_embedded;

-- What is not listed here does not exist, whatever lies on the disk.
create table socle_embedded.objects (
  key text collate "C" primary key,
  -- random, below the files folder: never made of the key
  file text not null unique,
  size_bytes bigint not null,
  content_type text not null,
  -- SHA-256 of the content
  etag text not null,
  modified_at timestamptz not null
);

-- Key of this installation's signed URLs. Taking the row out makes every URL given so far invalid.
create table socle_embedded.signing_keys (
  purpose text primary key,
  secret bytea not null
);
